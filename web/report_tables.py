"""The tables of a round's report in the reader's language: one making for the page and for the file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from definitions.codes import tables as code_tables
from definitions.explaining import code_text
from web.i18n import day, language, words
from workflow.context import Context
from workflow.reports.composition import Composition, Count, Dimension, composition
from workflow.reports.durations import StageTime, stage_times
from workflow.reports.listing import BODY, WAITING, WAIVED
from workflow.reports.queries import BodyLine, FunnelLine, ReportedRound, answers, funnel
from workflow.reports.rules import FEWEST, age_groups

NOTHING = "–"
FEW = f"<{FEWEST}"
COVERED = "…"
KEYS = ("funnel", "times", "sex", "age", "political_status", "education", "nationality", "tier", "bodies")
"""Every table of a report, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it is shown; `href` leads to the list behind it."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its rows begin with the cell that names them, everything after it is a number unless `words_at` says so."""

    key: str
    caption: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words_at: frozenset[int] = frozenset()

    def as_texts(self) -> Iterator[list[str]]:
        """Heads and rows as a file has them."""
        yield list(self.heads)
        for row in self.rows:
            yield [cell.text for cell in row]


def report_tables(context: Context, found: ReportedRound, keys: Iterable[str] = KEYS) -> dict[str, Table]:
    """The tables asked for by key, each read from the database only when it is."""
    wanted = set(keys)
    made: list[Table] = []
    if "funnel" in wanted:
        made.append(_funnel(found, funnel(context, found.round_id)))
    if "times" in wanted:
        made.append(_times(found, stage_times(context, found.round_id)))
    if wanted - {"funnel", "times", "bodies"}:
        people = composition(context, found.round_id)
        made += [_dimension(found, people, one) for one in people.dimensions if one.key in wanted]
    if "bodies" in wanted:
        made.append(_bodies(found, answers(context, found.round_id)))
    return {table.key: table for table in made}


def step_titles() -> Mapping[str, str]:
    """What the lines of the funnel are called."""
    return {
        "nominated": _("Nominated"),
        "submitted": _("Sent in for review"),
        "reviewed": _("Passed the review"),
        "assessed": _("Assessed without objection"),
        "decided_for": _("Committee agreed"),
        "decided_against": _("Committee did not agree"),
        "published": _("Put on public notice"),
        "listed": _("Listed"),
        "returned": _("Sent back to an earlier stage"),
        "rejected": _("Ended without a place"),
        "withdrawn": _("Withdrawn by the body"),
    }


def list_title(key: str) -> str:
    """What the list behind a number is called."""
    if key.startswith(WAITING):
        return _("Waiting now")
    if key == WAIVED:
        return _("Exceptions granted")
    return step_titles().get(key) or _("Nominations of the body")


def _number(found: ReportedRound, number: int | None, key: str) -> Cell:
    """A count that leads to its cases, for those who survey the round."""
    if number is None:
        return Cell(NOTHING)
    linked = found.may_survey and number > 0
    return Cell(str(number), url_for("reports.cases", round_id=found.round_id, key=key) if linked else None)


def _funnel(found: ReportedRound, lines: Sequence[FunnelLine]) -> Table:
    titles = step_titles()
    rows = [(Cell(titles[line.key]), _number(found, line.count, line.key)) for line in lines]
    note = _("A nomination counts on every line it has reached, also when it was sent back or ended later.")
    return Table("funnel", _("How far the nominations came"), note, (_("Step"), _("Nominations")), rows)


def _times(found: ReportedRound, lines: Sequence[StageTime]) -> Table:
    note = _(
        "In working days. Median and 90th percentile are those of stays that have ended; a case sent back begins "
        "another stay."
    )
    heads = (_("Stage"), _("Stays ended"), _("Median"), _("90th percentile"), _("Waiting now"), _("Longest waiting"))
    rows = [_time_row(found, line) for line in lines]
    return Table("times", _("Time in each stage"), note, heads, rows)


def _time_row(found: ReportedRound, line: StageTime) -> tuple[Cell, ...]:
    oldest = url_for("case.case", case_id=line.oldest_case_id) if line.oldest_case_id is not None else None
    return (
        Cell(words(line.title)),
        Cell(str(line.ended)),
        Cell(NOTHING if line.median is None else f"{line.median:g}"),
        Cell(NOTHING if line.ninetieth is None else str(line.ninetieth)),
        _number(found, line.waiting, f"{WAITING}{line.stage}"),
        Cell(NOTHING if line.oldest_days is None else str(line.oldest_days), oldest),
    )


def _dimension(found: ReportedRound, people: Composition, one: Dimension) -> Table:
    captions = {
        "sex": _("Sex"),
        "age": _("Age on the day the round opened"),
        "political_status": _("Political status"),
        "education": _("Education"),
        "nationality": _("Ethnicity"),
        "tier": _("Tier"),
    }
    groups = {group.code: group for group in one.groups}
    rows = [
        (Cell(title), Cell(_told(groups[code].nominated)), Cell(_told(groups[code].listed)))
        for code, title in _titles(found, one).items()
    ]
    rows.append((Cell(_("All")), Cell(str(people.nominated)), Cell(str(people.listed))))
    return Table(one.key, captions[one.key], "", (_("Group"), _("Nominated"), _("Listed")), rows)


def _titles(found: ReportedRound, one: Dimension) -> dict[str, str]:
    """The groups in the order of their code table; groups without a code, or with an unknown one, come last."""
    present = {group.code for group in one.groups}
    if one.key == "age":
        return {code: _age(code) for code, _day in age_groups(found.opens_date) if code in present}
    nameless = _("Without tier") if one.key == "tier" else _("Not recorded")
    known = [code for code in code_tables()[one.key] if code in present]
    return {code: code_text(one.key, code, language()) or nameless for code in (*known, *sorted(present - set(known)))}


def _age(code: str) -> str:
    first, _dash, last = code.partition("_")
    if first == "to":
        return _("%(age)s or younger", age=last)
    return _("%(age)s or older", age=last) if first == "from" else f"{first}–{last}"


def _told(count: Count) -> str:
    if count.hidden is None:
        return str(count.number)
    return FEW if count.hidden == "few" else COVERED


def _bodies(found: ReportedRound, lines: Sequence[BodyLine]) -> Table:
    heads = (_("Body"), _("Nominated"), _("Answer"), _("Answered on"), _("Working days until the answer"))
    note = _(
        "Nominations taken back do not count. The first word counts as the answer, be it a nomination or a nil return."
    )
    rows = [*(_body_row(found, line) for line in lines), _all_bodies(lines)]
    return Table("bodies", _("Answers of the bodies called"), note, heads, rows, frozenset({2, 3}))


def _body_row(found: ReportedRound, line: BodyLine) -> tuple[Cell, ...]:
    said = {"nominated": _("nominated"), "nil_return": _("nil return"), None: _("not answered")}
    return (
        Cell(words(line.title)),
        _number(found, line.nominated, f"{BODY}{line.body_id}"),
        Cell(said[line.answer]),
        Cell(day(line.answered_at)),
        Cell(NOTHING if line.working_days is None else str(line.working_days)),
    )


def _all_bodies(lines: Sequence[BodyLine]) -> tuple[Cell, ...]:
    said = [line.answer for line in lines]
    text = _(
        "%(nominated)s nominated, %(nil)s nil returns, %(silent)s not answered",
        nominated=said.count("nominated"),
        nil=said.count("nil_return"),
        silent=said.count(None),
    )
    called = _("All %(n)s bodies called", n=len(said))
    nominated = str(sum(line.nominated for line in lines))
    return (Cell(called), Cell(nominated), Cell(text), Cell(NOTHING), Cell(NOTHING))

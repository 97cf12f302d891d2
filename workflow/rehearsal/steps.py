"""The kinds of steps: a new one is a class here and its line in `AnyStep`; it says what it may name and how it is taken."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from workflow.cases.operations import act, grant_waiver, waivable_actions
from workflow.panels.operations import give_opinion, record_meeting
from workflow.panels.queries import open_seats
from workflow.panels.rules import ATTENDANCES
from workflow.panels.tables import Seat
from workflow.problems import Conflict, Invalid, Refused
from workflow.procedure.parts import Key, Part, _as_tuple
from workflow.rehearsal.expected import Then
from workflow.rehearsal.given import Case
from workflow.rehearsal.known import Fault, Known
from workflow.rehearsal.parts import Codes, Day, Holders, Name, Names
from workflow.rehearsal.play import EVENING, MAIN, MORNING, Attempt, Play, moment
from workflow.rounds.operations import close_round


class Step(Part):
    """What every step may say: the day, which case, the refusal expected, and what is so afterwards."""

    verb: ClassVar[str]
    """The key that makes a step of this kind."""
    on: Day | None = None
    case: Name | None = None
    refused: Codes = ()
    then: Then = Then()

    @property
    def opened(self) -> str | None:
        """The name of the case that this step opens."""
        return None

    def faults(self, known: Known) -> Iterator[Fault]:
        """What the step names that does not exist."""
        raise NotImplementedError

    def take(self, play: Play) -> None:
        """Does it, at the play's present moment. Raises what the operations raise."""
        raise NotImplementedError

    def prepare(self, play: Play) -> None:
        """Moves the clock to the step's day."""
        if self.on and self.on > play.today:
            play.advance(moment(self.on, MORNING))


class Act(Step):
    """Somebody takes an action: `{who: li, does: submit}`. The form's usual answers are given unless `form` has others."""

    verb: ClassVar[str] = "does"
    who: Name
    does: Key
    form: dict[str, Any] = Field(default_factory=dict)
    reason: str = ""

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        yield from known.one_of("deed", self.does, known.actions, "does")
        forms = [s.actions[self.does].form for s in known.procedure.states.values() if self.does in s.actions]
        fields = {field for form in forms if form for field in known.procedure.forms[form].fields}
        for key in self.form:
            yield from known.one_of("field", key, fields, "form", key)

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            case = play.case(context, self.case)
            known = play.compiled(context, case).actions.get((case.state, self.does))
            form = play.answers(known.action.form, self.form) if known and known.action.form else self.form or None
            try:
                act(
                    context,
                    case_id=case.id,
                    action=self.does,
                    seen_version=case.version,
                    form=form,
                    reason=self.reason,
                )
            except Refused as refused:
                failed = frozenset(reason.guard for reason in refused.reasons if reason.guard)
                bound = known.guards if known else ()
                # A faulty form leaves the guards that look at it unasked.
                asked = {one.identity for one in bound if not (refused.problems and one.guard.looks_at_form)}
                play.attempts.append(Attempt(frozenset(asked) - failed, failed))
                raise


class Opinion(Step):
    """Somebody, or several one after the other, give their panel's question an answer: `{who: wu, gives: agree}`."""

    verb: ClassVar[str] = "gives"
    who: Names
    gives: Key
    reason: str = ""
    scores: Annotated[Any, BeforeValidator(lambda value: value)] = None
    """Item of the rubric → points, or the same points for every item."""

    def faults(self, known: Known) -> Iterator[Fault]:
        for name in self.who:
            yield from known.person(name, "who")
        yield from known.one_of("opinion", self.gives, known.opinions, "gives")
        items = known.procedure.rubric.items if known.procedure.rubric else {}
        for key in self.scores if isinstance(self.scores, dict) else ():
            yield from known.one_of("item", key, items, "scores", key)

    def take(self, play: Play) -> None:
        for name in self.who:
            with play.as_(name) as context:
                case = play.case(context, self.case)
                seats = open_seats(context.session, case.id)
                if not seats:
                    raise Conflict("panel_ended", reference=case.reference)
                mine = [one for one in seats if _is_of(one, context.actor.account_id, context.actor.body_role_ids)]
                seat = min(mine or seats, key=lambda one: one.opinion is not None)
                give_opinion(
                    context,
                    case_id=case.id,
                    seat_id=seat.id,
                    opinion=self.gives,
                    reason=self.reason,
                    scores=self._points(play),
                )

    def _points(self, play: Play) -> Mapping[str, Any] | None:
        items = play.procedure.rubric.items if play.procedure.rubric else {}
        return dict.fromkeys(items, self.scores) if isinstance(self.scores, int) else self.scores


class Meeting(Step):
    """Somebody records a meeting: `{who: song, records: {agree: 6, disagree: 2, absent: 3}}`, or names in place of numbers."""

    verb: ClassVar[str] = "records"
    who: Name
    records: dict[Key, Holders]
    remark: str = ""

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        for word, members in self.records.items():
            yield from known.one_of("stance", word, {*known.opinions, *ATTENDANCES[1:]}, "records", word)
            for name in members if isinstance(members, tuple) else ():
                yield from known.person(name, "records", word)

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            case = play.case(context, self.case)
            entries = self._entries(play, open_seats(context.session, case.id))
            record_meeting(
                context, case_id=case.id, entries=entries, seen_version=case.version, remark=self.remark
            )

    def _entries(self, play: Play, seats: list[Seat]) -> dict[int, dict[str, str]]:
        """Members named first; those only counted take the seats left, in order. Raises Invalid for too many."""
        place = {seat.account_id: seat.id for seat in seats}
        said: dict[int, str] = {}
        for word, members in self.records.items():
            for name in members if isinstance(members, tuple) else ():
                said[place.get(play.office.accounts[name], 0)] = word
        left = [seat.id for seat in seats if seat.id not in said]
        words = [word for word, number in self.records.items() if isinstance(number, int) for _ in range(number)]
        if seats and len(words) > len(left):
            raise Invalid("rehearsal_too_many_members", members=len(words) + len(said), seats=len(seats))
        said |= dict(zip(left, words, strict=False))
        return {seat: _entry(word) for seat, word in said.items()}


class Waive(Step):
    """Somebody sets a guard aside for the case: `{who: wu, waives: age, reason: …}`."""

    verb: ClassVar[str] = "waives"
    who: Name
    waives: Key
    reason: str = ""

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        yield from known.one_of("waivable", self.waives, known.guards, "waives")

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            case = play.case(context, self.case)
            bound = [one for a in waivable_actions(play.compiled(context, case), case.state) for one in a.guards]
            fitting = [one.identity for one in bound if one.guard.key == self.waives]
            grant_waiver(
                context,
                case_id=case.id,
                guard=fitting[0] if fitting else self.waives,
                reason=self.reason,
                seen_version=case.version,
            )


class OpenCase(Step):
    """Somebody opens a case: `{who: zhu, opens: {person: wen, category: youth, body: mill}, as: second}`."""

    verb: ClassVar[str] = "opens"
    who: Name
    opens: Case
    named: Name | None = Field(default=None, alias="as")
    """The name by which later steps mean this case; without it, it is the case steps mean where they name none."""

    @property
    def opened(self) -> str | None:
        return self.named or MAIN

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        yield from case_faults(known, self.opens, "opens")

    def take(self, play: Play) -> None:
        play.open_case(self.opens.model_copy(update={"by": self.who}), name=self.named or MAIN)


class CloseRound(Step):
    """Somebody ends the taking of nominations: `{who: chen, closes: round}`."""

    verb: ClassVar[str] = "closes"
    who: Name
    closes: Literal["round"]

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            close_round(context, round_id=play.round_id or 0)


class Until(Step):
    """Nobody does anything until the evening of a day; whatever falls due happens: `{until: 2026-03-20}`."""

    verb: ClassVar[str] = "until"
    until: Day

    def faults(self, known: Known) -> Iterator[Fault]:
        return iter(())

    def prepare(self, play: Play) -> None:
        """The waiting is the step itself."""

    def take(self, play: Play) -> None:
        play.advance(moment(self.until, EVENING))


AnyStep = Annotated[
    Annotated[Act, Tag("does")]
    | Annotated[Opinion, Tag("gives")]
    | Annotated[Meeting, Tag("records")]
    | Annotated[Waive, Tag("waives")]
    | Annotated[OpenCase, Tag("opens")]
    | Annotated[CloseRound, Tag("closes")]
    | Annotated[Until, Tag("until")],
    Discriminator(
        lambda value: _verb(value),
        custom_error_type="step_kind",
        custom_error_message="a step has exactly one of: {allowed}",
        custom_error_context={"allowed": "does, gives, records, waives, opens, closes, until"},
    ),
]
KINDS: tuple[type[Step], ...] = (Act, Opinion, Meeting, Waive, OpenCase, CloseRound, Until)
VERBS = tuple(kind.verb for kind in KINDS)


def _verb(value: Any) -> str | None:
    """The one key that says what kind of step this is."""
    if isinstance(value, Step):
        return value.verb
    found = [verb for verb in VERBS if isinstance(value, dict) and verb in value]
    return found[0] if len(found) == 1 else None


def case_faults(known: Known, wanted: Case, *place: str | int) -> Iterator[Fault]:
    """What the opening of a case names that does not exist."""
    yield from known.one_of("person", wanted.person, known.given.people, *place, "person")
    yield from known.one_of("category", wanted.category, known.procedure.categories, *place, "category")
    yield from known.one_of("body", wanted.body, known.given.bodies, *place, "body")


def _is_of(seat: Seat, account_id: int | None, body_role_ids: frozenset[int]) -> bool:
    return seat.body_role_id in body_role_ids or (seat.account_id is not None and seat.account_id == account_id)


def _entry(word: str) -> dict[str, str]:
    return {"attendance": word} if word in ATTENDANCES else {"attendance": "present", "opinion": word}

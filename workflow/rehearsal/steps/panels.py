"""Steps of those who sit on panels: giving an opinion, and recording a meeting."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from workflow.panels.operations import give_opinion, record_meeting
from workflow.panels.queries import open_seats
from workflow.panels.rules import ATTENDANCES
from workflow.panels.tables import Seat
from workflow.problems import Conflict, Invalid
from workflow.procedure.panel import CANDIDATE
from workflow.procedure.parts import Key
from workflow.rehearsal.known import Fault, Known
from workflow.rehearsal.parts import Child, Holders, Name, Names
from workflow.rehearsal.play import MAIN, Play
from workflow.rehearsal.steps.base import Step


class Opinion(Step):
    """Somebody, or several one after the other, give their panel's question an answer: `{who: wu, gives: agree}`."""

    verb: ClassVar[str] = "gives"
    who: Names
    gives: Key
    reason: str = ""
    scores: Any = None
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
            speak(play, name, self.case, opinion=self.gives, reason=self.reason, scores=self._points(play))

    def _points(self, play: Play) -> Mapping[str, Any] | None:
        items = play.procedure.rubric.items if play.procedure.rubric else {}
        return dict.fromkeys(items, self.scores) if isinstance(self.scores, int) else self.scores


class Vote(Step):
    """Somebody, or several one after the other, vote for a child case: `{who: [wu, fang], votes_for: wang}`."""

    verb: ClassVar[str] = "votes_for"
    who: Names
    votes_for: Child
    """By whom the child case is about, or by its number."""

    def faults(self, known: Known) -> Iterator[Fault]:
        for name in self.who:
            yield from known.person(name, "who")
        yield from known.child(self.votes_for, "votes_for")

    def take(self, play: Play) -> None:
        chosen = play.case_id(f"{self.case or MAIN}/{self.votes_for}")
        for name in self.who:
            speak(play, name, self.case, opinion=f"{CANDIDATE}{chosen}")


def speak(play: Play, name: str, ref: str | None, *, opinion: str, **given: Any) -> None:
    """Gives somebody's opinion from their own seat; from another's, to be refused, where they have none."""
    play.speaker = name
    with play.as_(name) as context:
        case = play.case(context, ref)
        seats = open_seats(context.session, case.id)
        if not seats:
            raise Conflict("panel_ended", reference=case.reference)
        mine = [one for one in seats if _is_of(one, context.actor.account_id, context.actor.body_role_ids)]
        seat = min(mine or seats, key=lambda one: one.opinion is not None)
        give_opinion(context, case_id=case.id, seat_id=seat.id, opinion=opinion, **given)


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
            record_meeting(context, case_id=case.id, entries=entries, seen_version=case.version, remark=self.remark)

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


def _is_of(seat: Seat, account_id: int | None, body_role_ids: frozenset[int]) -> bool:
    return seat.body_role_id in body_role_ids or (seat.account_id is not None and seat.account_id == account_id)


def _entry(word: str) -> dict[str, str]:
    return {"attendance": word} if word in ATTENDANCES else {"attendance": "present", "opinion": word}

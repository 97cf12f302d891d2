"""What may be said from a seat: opinions, reasons, scores on the rubric, and the lines of a meeting's record."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from workflow.engine.panels import Given
from workflow.problems import Invalid, Problem
from workflow.procedure.panel import RECUSED, Panel

ATTENDANCES = ("present", "absent", "recused")
MAX_REASON = 2_000


def check_opinion(
    panel: Panel, opinion: str, reason: str, *, candidates: tuple[str, ...] = (), tied: tuple[str, ...] = ()
) -> None:
    """Raises Invalid for an opinion the panel does not know, one that is not among the tied, or without the reason it asks for."""
    allowed = (*panel.opinions, *candidates, *((RECUSED,) if panel.may_recuse else ()))
    if opinion not in allowed:
        raise Invalid("opinion_unknown", field="opinion", allowed=", ".join(allowed))
    if tied and opinion not in (*tied, RECUSED):
        raise Invalid("opinion_not_tied", field="opinion", count=len(tied))
    if (opinion in panel.reason_for or opinion == RECUSED) and not reason.strip():
        raise Invalid("reason_required", field="reason")
    if len(reason) > MAX_REASON:
        raise Invalid("field_too_long", field="reason", limit=MAX_REASON, length=len(reason))


def check_scores(rubric: Sequence[Mapping[str, Any]], scores: Mapping[str, Any]) -> dict[str, int]:
    """Whole points for every item of the rubric, from the fewest to what it is out of. Raises Invalid naming each faulty item."""
    problems: list[Problem] = []
    checked: dict[str, int] = {}
    for item in rubric:
        key, raw, least = str(item["key"]), scores.get(str(item["key"])), item.get("at_least", 0)
        if isinstance(raw, str) and raw.strip().isdecimal() and len(raw.strip()) <= 6:
            raw = int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= item["out_of"]:
            params = {"at_least": least, "out_of": item["out_of"]}
            problems.append(Invalid("score_out_of_range", field=f"score_{key}", **params))
        else:
            checked[key] = raw
    if problems:
        raise Invalid("form_faulty", problems=tuple(problems), count=len(problems))
    return checked


def weighted_score(rubric: Sequence[Mapping[str, Any]], scores: Mapping[str, int]) -> float:
    """The weighted total of one scoring, from 0 to 100."""
    return float(sum(item["weight"] * scores[item["key"]] / item["out_of"] for item in rubric))


def check_meeting(
    panel: Panel,
    seats: Sequence[int],
    entries: Mapping[int, Mapping[str, str]],
    *,
    must_leave: Collection[int],
    tied: tuple[str, ...] = (),
) -> dict[int, Given]:
    """The record of a meeting, seat by seat.

    Raises Invalid naming each seat that is missing, foreign, without attendance, present without a stance, away
    with one, with one that is not among the tied, or in the room for a relative's case.
    """
    problems: list[Problem] = [Invalid("seat_unknown", field=f"seat_{seat}") for seat in entries if seat not in seats]
    given: dict[int, Given] = {}
    for seat in seats:
        entry = entries.get(seat, {})
        attendance, opinion = entry.get("attendance") or None, entry.get("opinion") or None
        fault = _seat_fault(panel, attendance, opinion, must_leave=seat in must_leave)
        if fault is None and tied and opinion is not None and opinion not in tied:
            fault = "opinion_not_tied"
        if fault:
            problems.append(Invalid(fault, field=f"seat_{seat}"))
        given[seat] = Given(opinion, attendance)
    if problems:
        raise Invalid("form_faulty", problems=tuple(problems), count=len(problems))
    return given


def _seat_fault(panel: Panel, attendance: str | None, opinion: str | None, *, must_leave: bool) -> str | None:
    if attendance not in ATTENDANCES:
        return "attendance_missing"
    if must_leave and attendance == "present":
        return "relative_must_leave"
    if attendance == "present" and opinion not in panel.opinions:
        return "stance_missing"
    if attendance != "present" and opinion is not None:
        return "stance_of_absent"
    return None

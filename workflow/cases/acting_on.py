"""Actions one case triggers in others: its children, its parent, or the next of its round."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Select, insert, select

from workflow.cases.drawing_lots import keep_draw, lots_among
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.gathering import gather_facts
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.operations import Acted, act, repeated
from workflow.cases.roles import CLOCK_ROLE
from workflow.cases.tables import Case, CaseForm
from workflow.cases.versions import compiled_version
from workflow.context import CLOCK, Context
from workflow.engine.effects import ActOn, SetField
from workflow.engine.tally import placed


@follow_up("act_on")
def act_on(_context: Context, moved: Moved, effect: ActOn) -> None:
    """Takes the effect's action on every case it names, once the step is written."""

    def follow(context: Context) -> None:
        for case in list(_named(context, moved, effect)):
            trigger(context, case=case, action=effect.action, cause=moved.case.reference)

    moved.step.afterwards.append(follow)


def trigger(context: Context, *, case: LoadedCase, action: str, cause: str) -> None:
    """Takes an action for whoever may take it, because of something that happened in another case."""
    known = compiled_version(context.session, case.version_id).actions.get((case.state, action))
    if known is None:
        return
    act(
        replace(context, actor=CLOCK),
        case_id=case.id,
        action=action,
        seen_version=case.version,
        reason=cause,
        roles=frozenset((*known.action.by, CLOCK_ROLE)),
    )


def trigger_from_outside(
    context: Context, *, case_id: int, action: str, source: str, command_key: str, form: Mapping[str, Any] | None = None
) -> Acted:
    """Takes an action that the procedure leaves to an outside system; the same command key is carried out once.

    Raises Forbidden for an action that is not an outside system's, and whatever taking it may raise.
    """
    case = load_case(context.session, case_id, is_locked=True)
    procedure = compiled_version(context.session, case.version_id).procedure
    outside = frozenset(key for key, role in procedure.roles.items() if role.is_outside)
    done = repeated(context.session, case, command_key)
    return done or act(
        replace(context, actor=CLOCK),
        case_id=case_id,
        action=action,
        seen_version=case.version,
        form=form,
        reason=source,
        roles=outside,
        command_key=command_key,
    )


def _named(context: Context, moved: Moved, effect: ActOn) -> Sequence[LoadedCase]:
    case = moved.case
    wanted = select(Case.id).where(Case.id != case.id, Case.closed_at.is_(None)).order_by(Case.id)
    if effect.among == "parent":
        wanted = wanted.where(Case.id == case.parent_id)
    elif effect.among == "children":
        wanted = wanted.where(Case.parent_id == case.id)
    else:
        wanted = wanted.where(Case.round_id == case.round_id, Case.round_id.is_not(None))
        wanted = wanted.where(Case.category.is_not_distinct_from(case.category))
    wanted = _voted(wanted, moved, effect)
    found = [load_case(context.session, one, is_locked=True) for one in context.session.scalars(wanted).all()]
    found = [one for one in found if not effect.in_states or one.state in effect.in_states]
    return _first(context, moved, found, effect) if effect.which == "first" else found


def _voted(wanted: Select[int], moved: Moved, effect: ActOn) -> Select[int]:
    """Narrowed to those a vote speaks of: the one chosen, the others, those with the most or the fewest votes."""
    chosen, votes = moved.step.data.get("winner"), moved.step.data.get("tally", {})
    if effect.which == "chosen":
        return wanted.where(Case.id == chosen)
    if effect.which == "others":
        return wanted.where(Case.id != chosen)
    if effect.which in {"leading", "last"}:
        return wanted.where(Case.id.in_(placed(votes, effect.which)))
    return wanted


def _first(context: Context, moved: Moved, found: list[LoadedCase], effect: ActOn) -> list[LoadedCase]:
    """The first so many: the highest number first, equal ones by lot where one is drawn, else as they were opened."""
    numbers: dict[int, Any] = {}
    if effect.order_by:
        fact = f"form.{effect.order_by}"
        numbers = {one.id: gather_facts(context, one, needs=(fact,), form=None)[fact] for one in found}
    lots = lots_among(context, moved, effect, found) if effect.by_lot and found else {}
    ordered = sorted(found, key=lambda one: (-Decimal(str(numbers.get(one.id) or 0)), lots.get(one.id, one.id)))
    taken = ordered[: _how_many(context, moved, effect)]
    if lots:
        keep_draw(context, moved, effect, among=found, numbers=numbers, taken=taken)
    return taken


def _how_many(context: Context, moved: Moved, effect: ActOn) -> int:
    if effect.take_from is None:
        return effect.take
    fact = f"form.{effect.take_from}"
    return int(gather_facts(context, moved.case, needs=(fact,), form=None)[fact] or 0)


@follow_up("set_field")
def set_field(_context: Context, moved: Moved, effect: SetField) -> None:
    """Writes one answer, the others of the form as they were last filled in."""
    form, _, key = effect.field.partition(".")

    def follow(context: Context) -> None:
        value = _written_value(context, moved.case, effect)
        newest = select(CaseForm.values).where(CaseForm.case_id == moved.case.id, CaseForm.form == form)
        before = context.session.scalar(newest.order_by(CaseForm.id.desc()).limit(1)) or {}
        row = {
            "case_id": moved.case.id,
            "form": form,
            "stage": moved.step.to_state.partition(".")[0],
            "seq": moved.case.last_seq + 1,
            "values": {**before, key: value},
            "filled_at": context.now,
            "filled_by": None,
        }
        context.session.execute(insert(CaseForm), [row])

    moved.step.data.setdefault("set", []).append(effect.field)
    moved.step.afterwards.append(follow)


def _written_value(context: Context, case: LoadedCase, effect: SetField) -> Any:
    """What is written: a value of the definition, a fact, or the weighted mean of numbers; None while one is missing."""
    if effect.copy_of is not None:
        return gather_facts(context, case, needs=(effect.copy_of,), form=None)[effect.copy_of]
    if not effect.weighs:
        return effect.value
    weights = {f"form.{field}": weight for field, weight in effect.weighs.items()}
    numbers = gather_facts(context, case, needs=weights, form=None)
    if any(numbers[fact] is None for fact in weights):
        return None
    total = sum((Decimal(str(numbers[fact])) * weight for fact, weight in weights.items()), Decimal())
    return str((total / sum(weights.values())).quantize(Decimal("0.01"), ROUND_HALF_UP))

"""Opens cases: by whoever may, for a round or a review, or as the child of another case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.cases.loading import load_case
from workflow.cases.moving import Acted, move_case, new_step
from workflow.cases.references import next_reference
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.problems import Invalid
from workflow.procedure.model import Procedure
from workflow.record.rules import GENESIS

OPENED = "open"


@dataclass(frozen=True, slots=True)
class Parent:
    """The case a child is opened for: in which state and by which event, and the child's reference and first state."""

    case_id: int
    state: str
    seq: int
    reference: str
    branch: str | None = None


def open_case(
    context: Context,
    *,
    version_id: int,
    person_id: int | None,
    body_id: int | None,
    round_id: int | None = None,
    category: str | None = None,
    channel: str | None = None,
    title: str | None = None,
    data: Mapping[str, Any] | None = None,
    parent: Parent | None = None,
    link: Callable[[int], None] | None = None,
    owed_since: datetime | None = None,
) -> Acted:
    """Starts a case in its procedure's first state, a branch in its own. Raises Invalid for a category it does not have.

    `link` is called with the new case's id before it enters that state, for facts that are found through the case.
    `owed_since` is when the clock should have opened it.
    """
    compiled = compiled_version(context.session, version_id)
    procedure = compiled.procedure
    if procedure.categories and category not in procedure.categories:
        raise Invalid("category_unknown", field="category", allowed=", ".join(procedure.categories))
    row = Case(
        **_family(context, procedure, parent),
        procedure_version_id=version_id,
        round_id=round_id,
        person_id=person_id,
        body_id=body_id,
        category=category,
        channel=channel,
        title=title,
        version=0,
        last_seq=0,
        last_hash=GENESIS,
        entered_at=context.now,
        opened_at=context.now,
    )
    context.session.add(row)
    context.session.flush()
    if link:
        link(row.id)
    case = load_case(context.session, row.id)
    step = new_step(context, compiled, case, action=OPENED, to_state=row.state)
    step.data.update(data or {})
    step.data["person_id"] = person_id
    step.owed_since = owed_since
    return move_case(context, compiled, case, step, ())


def _family(context: Context, procedure: Procedure, parent: Parent | None) -> dict[str, Any]:
    """What a case has from its parent, or of itself where it has none."""
    if parent is None:
        return {"reference": next_reference(context, procedure.prefix), "state": procedure.starts}
    return {
        "reference": parent.reference,
        "state": parent.branch or procedure.starts,
        "parent_id": parent.case_id,
        "parent_state": parent.state,
        "parent_seq": parent.seq,
    }

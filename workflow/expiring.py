"""What the clock may do to a case when its time is up: the steps the procedure names for that, and no others."""

from workflow import composition
from workflow.cases.children import join_on_expiry
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.operations import act
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.notices.operations import expire_notice
from workflow.panels.settling import expire_panel
from workflow.problems import Conflict
from workflow.reviews.operations import open_review

__all__ = ["act_on_expiry", "composition", "open_review"]
# Importing the composition registers what follows when a case moves.


def settle_on_expiry(context: Context, *, case: LoadedCase, outcome: str) -> None:
    """Ends what the state waits for: a panel with what silence means there, child cases as the deadline says."""
    if compiled_version(context.session, case.version_id).procedure.states[case.state].panel:
        expire_panel(context, case=case, outcome=outcome)
    else:
        join_on_expiry(context, case=case, outcome=outcome)


def act_on_expiry(context: Context, *, case_id: int, state: str) -> None:
    """Ends a notice, or takes the action the state's deadline names. Raises Conflict where the case has moved on."""
    case = load_case(context.session, case_id, is_locked=True)
    if case.state != state:
        raise Conflict("case_changed", reference=case.reference, seen=case.version)
    rules = compiled_version(context.session, case.version_id).procedure.states[state]
    if rules.notice:
        expire_notice(context, case_id=case_id, state=state)
    elif rules.deadline and rules.deadline.on_expiry in rules.outcomes:
        settle_on_expiry(context, case=case, outcome=rules.deadline.on_expiry)
    elif rules.deadline and rules.deadline.on_expiry:
        act(context, case_id=case_id, action=rules.deadline.on_expiry, seen_version=case.version)

"""Writes the row an outside system is told by."""

from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.gathering import gather_facts
from workflow.context import Context
from workflow.engine.effects import Webhook
from workflow.webhooks.tables import WebhookCall


@follow_up("webhook")
def call_webhook(context: Context, moved: Moved, effect: Webhook) -> None:
    """Leaves a call with the case's reference, its new state, and the answers the procedure lets out."""
    case, data = moved.case, moved.step.data
    needs = tuple(f"form.{answer}" for answer in effect.sends)
    known = {"form.key": data.get("form")}
    facts = gather_facts(context, case, needs=needs, form=data.get("values"), known=known)
    payload = {"reference": case.reference, "state": moved.step.to_state, "event": case.last_seq + 1}
    answers = {answer: facts[f"form.{answer}"] for answer in effect.sends}
    context.session.add(
        WebhookCall(case_id=case.id, target=effect.to, payload={**payload, "answers": answers}, created_at=context.now)
    )

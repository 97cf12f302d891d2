"""Writes the post a procedure appoints somebody to, from the day it was decided."""

from workflow.cases.case_facts import decided_at
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.gathering import gather_facts
from workflow.context import Context
from workflow.engine.effects import Appoint
from workflow.people.tables import Post
from workflow.problems import Invalid

UNDETERMINED = "199"
"""GB/T 12407: no rank determined."""


@follow_up("appoint")
def appoint(context: Context, moved: Moved, effect: Appoint) -> None:
    """Adds the post to the archive. Raises Invalid for a case about no person, or without a post's name."""
    case, data = moved.case, moved.step.data
    needs = (f"form.{effect.title_from}", f"form.{effect.organization_from}")
    known = {"form.key": data.get("form")}
    facts = gather_facts(context, case, needs=needs, form=data.get("values"), known=known)
    title, organization = (facts[need] for need in needs)
    if case.person_id is None or not title or not organization:
        raise Invalid("appointment_without_post", reference=case.reference)
    decided = decided_at(context.session, case.id, effect.decided_in) if effect.decided_in else None
    since = decided.astimezone(context.zone).date() if decided else context.today
    context.session.add(
        Post(
            person_id=case.person_id,
            organization=str(organization),
            title=str(title),
            rank=effect.rank or UNDETERMINED,
            from_date=since,
        )
    )
    data["appointed"] = {"title": title, "organization": organization, "from": since.isoformat()}

"""Writes the post a procedure appoints somebody to, and ends the one it removes somebody from, on the day decided."""

from datetime import date

from sqlalchemy import select

from workflow.cases.case_facts import decided_at
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.gathering import gather_facts
from workflow.context import Context
from workflow.engine.effects import Appoint, EndPost
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
    since = _decided_on(context, case.id, effect.decided_in)
    rank = effect.rank.get(case.category or "") if isinstance(effect.rank, dict) else effect.rank
    context.session.add(
        Post(
            person_id=case.person_id,
            organization=str(organization),
            title=str(title),
            rank=rank or UNDETERMINED,
            from_date=since,
        )
    )
    data["appointed"] = {"title": title, "organization": organization, "from": since.isoformat()}


@follow_up("end_post")
def end_post(context: Context, moved: Moved, effect: EndPost) -> None:
    """Ends the newest post of the person; an archive without one is left as it is. Raises Invalid for a case about nobody."""
    if moved.case.person_id is None:
        raise Invalid("appointment_without_post", reference=moved.case.reference)
    until = _decided_on(context, moved.case.id, effect.decided_in)
    open_posts = select(Post).where(Post.person_id == moved.case.person_id, Post.to_date.is_(None))
    post = context.session.scalars(open_posts.order_by(Post.from_date.desc(), Post.id.desc())).first()
    if post is None:
        return
    post.to_date = max(until, post.from_date)
    moved.step.data["removed_from"] = {
        "title": post.title,
        "organization": post.organization,
        "until": post.to_date.isoformat(),
    }


def _decided_on(context: Context, case_id: int, state: str | None) -> date:
    """The day the panel of a state agreed; today without one."""
    decided = decided_at(context.session, case_id, state) if state else None
    return decided.astimezone(context.zone).date() if decided else context.today

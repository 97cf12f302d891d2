"""Cases that somebody opens by themselves, outside rounds: by a role the procedure names, about a person, a post or oneself."""

from workflow.bodies.tables import Body
from workflow.cases.moving import Acted
from workflow.cases.opening import open_case
from workflow.cases.versions import compiled_version
from workflow.context import Actor, Context
from workflow.people.tables import Person
from workflow.problems import Forbidden, Invalid, Missing
from workflow.procedure.model import PARENT_BODY, RELATIONS, Procedure, Role

MAX_TITLE = 200


def start_case(
    context: Context,
    *,
    version_id: int,
    person_id: int | None = None,
    title: str = "",
    body_id: int | None = None,
    category: str | None = None,
) -> Acted:
    """Opens a case by a role in the procedure's `opened_by`; `title` names the post or matter where no person is meant.

    Raises Forbidden for anybody else, Missing for a person or body that is not there, and Invalid for a subject that is
    left out, a body that the procedure's roles need, or a category it does not have.
    """
    procedure = compiled_version(context.session, version_id).procedure
    body = _body(context, body_id)
    if not may_start(procedure, context.actor, person_id=person_id, body=body):
        raise Forbidden("case_for_openers", roles=[f"role:{key}" for key in procedure.opened_by])
    _check_subject(context, procedure, person_id)
    called = checked_title(title) if procedure.subject == "post" or title.strip() else None
    if body is None and any(role.of in RELATIONS for role in procedure.roles.values()):
        raise Invalid("case_without_body", field="body_id")
    return open_case(
        context,
        version_id=version_id,
        person_id=person_id,
        body_id=body_id,
        category=category,
        title=called,
    )


def checked_title(title: str) -> str:
    """What a post or matter is called, on one line. Raises Invalid where it is called nothing, or what cannot be kept."""
    text = " ".join(title.split())
    if not text:
        raise Invalid("case_without_title", field="title")
    if len(text) > MAX_TITLE:
        raise Invalid("field_too_long", field="title", limit=MAX_TITLE, length=len(text))
    if "\x00" in text:
        raise Invalid("field_not_text", field="title")
    return text


def may_start(procedure: Procedure, actor: Actor, *, person_id: int | None, body: Body | None) -> bool:
    """Whether the actor holds a role that opens cases, as the case would be."""
    return any(_holds(procedure.roles[key], actor, person_id, body) for key in procedure.opened_by)


def _holds(role: Role, actor: Actor, person_id: int | None, body: Body | None) -> bool:
    if role.is_subject:
        return actor.person_id is not None and actor.person_id == person_id
    if role.of in RELATIONS:
        there = (body.parent_id if role.of == PARENT_BODY else body.id) if body else None
        return there is not None and actor.holds(role.holds, body_id=there)
    return any(held.body_code == role.of and held.role == role.holds for held in actor.holdings)


def _body(context: Context, body_id: int | None) -> Body | None:
    found = None if body_id is None else context.session.get(Body, body_id)
    if body_id is not None and found is None:
        raise Missing("body_missing", body=body_id)
    return found


def _check_subject(context: Context, procedure: Procedure, person_id: int | None) -> None:
    """A case is about what its procedure is about, and that is there."""
    if procedure.subject == "person" and person_id is None:
        raise Invalid("case_without_person", field="person_id")
    if person_id is not None and context.session.get(Person, person_id) is None:
        raise Missing("person_missing")

"""What somebody may open by themselves, outside rounds: of which procedures, about whom or what, and for which body."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select, true

from workflow.bodies.tables import Body
from workflow.cases.operations import Acted
from workflow.cases.reading import may_read
from workflow.cases.starting import checked_title, start_case
from workflow.cases.tables import Case, ProcedureVersion
from workflow.cases.versions import compiled_version
from workflow.context import Actor, Context
from workflow.people.tables import Person
from workflow.problems import Conflict, Invalid, Missing
from workflow.procedure.model import PARENT_BODY, RELATIONS, Procedure, Role


@dataclass(frozen=True, slots=True)
class Opener:
    """A procedure of which the actor may open cases, by which role and in which bodies it is held."""

    version_id: int
    procedure: Procedure
    role: Role
    body_ids: tuple[int, ...]

    @property
    def is_about_self(self) -> bool:
        """Whether who opens it is who it is about."""
        return self.role.is_subject

    @property
    def asks_body(self) -> bool:
        """Whether it has to be said which body a matter concerns: the rules name one by its relation to the case."""
        return self.procedure.subject == "post" and (len(self.body_ids) != 1 or self._is_by_another_body)

    @property
    def _is_by_another_body(self) -> bool:
        by_relation = any(role.of in RELATIONS for role in self.procedure.roles.values())
        return by_relation and self.role.of not in {*RELATIONS} - {PARENT_BODY}


def openable(context: Context) -> tuple[Opener, ...]:
    """Every procedure of which the actor may open a case by themselves, in its newest version, by key."""
    found = (_opener(context.actor, version_id, rules) for version_id, rules in newest_rules(context))
    return tuple(opener for opener in found if opener is not None)


def newest_rules(context: Context) -> list[tuple[int, Procedure]]:
    """Id and rules of the newest version of every procedure, by key."""
    rows = context.session.execute(select(ProcedureVersion.key, ProcedureVersion.id).order_by(ProcedureVersion.number))
    newest = {row.key: row.id for row in rows}
    return [(newest[key], compiled_version(context.session, newest[key]).procedure) for key in sorted(newest)]


def opener_of(context: Context, key: str) -> Opener:
    """The actor's right to open cases of one procedure. Raises Missing where they have none, or it does not exist."""
    found = next((opener for opener in openable(context) if opener.procedure.procedure == key), None)
    if found is None:
        raise Missing("page_missing")
    return found


def _opener(actor: Actor, version_id: int, procedure: Procedure) -> Opener | None:
    """By a role held in a body before the right to open a case about oneself, which in procedures with rounds is applying."""
    roles = [procedure.roles[key] for key in procedure.opened_by]
    for role in roles:
        if bodies := bodies_held_in(actor, role):
            return Opener(version_id, procedure, role, bodies)
    own = next((role for role in roles if role.is_subject), None)
    may = own is not None and actor.person_id is not None and procedure.rounds_by is None
    return Opener(version_id, procedure, own, ()) if own and may else None


def bodies_held_in(actor: Actor, role: Role) -> tuple[int, ...]:
    """The bodies in which the actor holds a role before there is a case: for a relation, wherever it is held."""
    if role.of is None:
        return ()
    held = (one for one in actor.holdings if one.role == role.holds)
    return tuple(sorted({one.body_id for one in held if role.of in RELATIONS or one.body_code == role.of}))


def may_be_about(opener: Opener, actor: Actor) -> ColumnElement[bool]:
    """The condition on `person` for those a case may be opened about.

    By a role of a body with a code, anybody; by a body's own role its people; by the body above, those of the bodies
    below; and oneself where the procedure lets those concerned open their own.
    """
    itself = Person.id == actor.person_id if actor.person_id is not None else false()
    if opener.is_about_self:
        return itself
    if opener.role.of not in RELATIONS:
        return true()
    below = select(Body.id).where(Body.parent_id.in_(opener.body_ids))
    theirs = Person.body_id.in_(below if opener.role.of == PARENT_BODY else opener.body_ids)
    lets_concerned = any(opener.procedure.roles[key].is_subject for key in opener.procedure.opened_by)
    return or_(theirs, itself) if lets_concerned else theirs


def concerned_bodies(context: Context, opener: Opener) -> tuple[tuple[int, str, str], ...]:
    """(id, Chinese, English title) of every body a matter may concern."""
    statement = select(Body.id, Body.title_zh, Body.title_en).order_by(Body.position, Body.id)
    if opener.role.of == PARENT_BODY:
        statement = statement.where(Body.parent_id.in_(opener.body_ids))
    elif opener.role.of in RELATIONS:
        statement = statement.where(Body.id.in_(opener.body_ids))
    return tuple((row.id, row.title_zh, row.title_en) for row in context.session.execute(statement))


def start_newest(
    context: Context,
    *,
    procedure: str,
    person_id: int | None = None,
    title: str = "",
    body_id: int | None = None,
    category: str | None = None,
    is_another: bool = False,
) -> Acted:
    """Opens a case outside rounds by the newest version of a procedure.

    Raises Missing for a procedure the actor opens no cases of, Invalid naming the field that is wrong, Conflict where
    one of the same procedure about the same is open already; `is_another` opens a second one all the same.
    """
    opener = opener_of(context, procedure)
    if opener.procedure.subject == "person":
        person, subject_title = _person(context, opener, person_id), None
        body = _body_of_person(opener, person)
    else:
        person, subject_title = None, checked_title(title)
        body = _body(context, opener, body_id)
    if not is_another:
        _require_first(context, opener, person.id if person else None, subject_title)
    return start_case(
        context,
        version_id=opener.version_id,
        person_id=person.id if person else None,
        title=subject_title or "",
        body_id=body,
        category=category or None,
    )


def _person(context: Context, opener: Opener, person_id: int | None) -> Person:
    wanted = context.actor.person_id if opener.is_about_self else person_id
    allowed = may_be_about(opener, context.actor)
    found = context.session.scalar(select(Person).where(Person.id == wanted, allowed)) if wanted else None
    if found is None:
        # The same answer as for a person that does not exist: another body's archive is not told about.
        raise Invalid("person_to_choose", field="person")
    return found


def _body_of_person(opener: Opener, person: Person) -> int | None:
    """The body that puts the case forward; where nobody's own body does, that of the person."""
    if opener.role.of in {*RELATIONS} - {PARENT_BODY}:
        return person.body_id if person.body_id in opener.body_ids else opener.body_ids[0]
    if person.body_id is None and any(role.of in RELATIONS for role in opener.procedure.roles.values()):
        raise Invalid("person_has_no_body", field="person")
    return person.body_id


def _body(context: Context, opener: Opener, body_id: int | None) -> int:
    if not opener.asks_body:
        return opener.body_ids[0]
    if body_id not in {one for one, *_titles in concerned_bodies(context, opener)} or body_id is None:
        raise Invalid("body_to_choose", field="body")
    return body_id


def _require_first(context: Context, opener: Opener, person_id: int | None, title: str | None) -> None:
    same: Sequence[ColumnElement[bool]] = (
        (Case.person_id == person_id,) if person_id is not None else (Case.person_id.is_(None), Case.title == title)
    )
    reference = context.session.scalar(
        select(Case.reference)
        .join(ProcedureVersion, ProcedureVersion.id == Case.procedure_version_id)
        .where(ProcedureVersion.key == opener.procedure.procedure, Case.closed_at.is_(None), Case.parent_id.is_(None))
        .where(*same, may_read(context))
        .order_by(Case.id)
        .limit(1)
    )
    if reference is not None:
        raise Conflict("case_open_already", field="another", reference=reference)

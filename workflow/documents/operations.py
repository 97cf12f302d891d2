"""Makes the documents of a step: filled in from what is known with it, in both languages, hashed into its event."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from workflow.bodies.tables import Body
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.gathering import gather_facts
from workflow.cases.tables import Case
from workflow.context import Context
from workflow.documents.rules import (
    Value,
    answer_text,
    day_text,
    digest_of,
    document_file,
    month_text,
    readers_of_answers,
)
from workflow.documents.tables import Document
from workflow.engine.effects import MakeDocument
from workflow.people.tables import Account, Person, Post
from workflow.procedure.documents import CODED, FAMILIES, LANGUAGES, DocumentTemplate
from workflow.procedure.model import Procedure
from workflow.rounds.tables import Round

FOOT = {"en": "{reference} · record {seq} · made {day}", "zh": "{reference} · 记录第{seq}条 · {day}生成"}


@follow_up("document")
def make_document(context: Context, moved: Moved, effect: MakeDocument) -> None:
    """Keeps the document in every language; its hashes, title and readers become part of the event."""
    procedure, step, case = moved.compiled.procedure, moved.step, moved.case
    template, seq = procedure.documents[effect.template], case.last_seq + 1
    known = _Known(context, moved, template)
    # What a state makes on entry belongs to its stage, what an action or an outcome makes to the stage that was left.
    entered = effect in moved.compiled.entry_effects.get(step.to_state, ()) or not case.last_seq
    stage = (step.to_state if entered else case.state).partition(".")[0]
    line: dict[str, Any] = {"template": effect.template, "title": template.title.model_dump(), "stage": stage}
    for language in LANGUAGES:
        foot = FOOT[language].format(reference=case.reference, seq=seq, day=day_text(context.today, language))
        title = f"{getattr(template.title, language)} {case.reference}"
        lookup = known.lookup(language)
        content = document_file(template.body.text(language), lookup, language=language, title=title, foot=foot)
        line[language] = digest_of(content)
        context.session.add(
            Document(
                case_id=case.id,
                seq=seq,
                template=effect.template,
                language=language,
                content=content,
                sha256=line[language],
                made_at=context.now,
            )
        )
    readers = readers_of_answers(procedure, template.placeholders)
    step.data.setdefault("documents", []).append({**line, "readers": readers} if readers else line)


class _Known:
    """What a template's placeholders stand for, read once for all languages."""

    def __init__(self, context: Context, moved: Moved, template: DocumentTemplate) -> None:
        self._context, self._moved, self._template = context, moved, template
        data = moved.step.data
        facts = [name for name in template.placeholders if name.partition(".")[0] in FAMILIES]
        known = {"form.key": data.get("form"), "outcome.now": (moved.case.state, data.get("outcome"))}
        self._facts = gather_facts(context, moved.case, needs=facts, form=data.get("values"), known=known)
        case = context.session.get_one(Case, moved.case.id)
        get = context.session.get
        self._case = case
        self._person = get(Person, case.person_id) if case.person_id else None
        self._body = get(Body, case.body_id) if case.body_id else None
        self._round = get(Round, case.round_id) if case.round_id else None

    def lookup(self, language: str) -> Callable[[str], Value]:
        """Placeholder → its text in a language."""
        plain = self._plain(language)

        def value(name: str) -> Value:
            return plain[name] if name in plain else self._fact(name, language)

        return value

    def _fact(self, name: str, language: str) -> Value:
        found, procedure = self._facts[name], self._moved.compiled.procedure
        family, _, rest = name.partition(".")
        if family == "form":
            form, _, key = rest.partition(".")
            return answer_text(procedure.forms[form].fields[key], found, language, self._name_of(language))
        return None if found is None else str(found)

    def _name_of(self, language: str) -> Callable[[str, Any], str]:
        def name(kind: str, id_: Any) -> str:
            if kind == "body":
                body = self._context.session.get(Body, id_)
                return _titled(body, language) or str(id_)
            row: Person | Account | None = self._context.session.get(Person, id_) if kind == "person" else None
            row = row or self._context.session.get(Account, id_)
            return str(id_) if row is None else _named(row, language)

        return name

    def _plain(self, language: str) -> Mapping[str, Value]:
        moved, procedure = self._moved, self._moved.compiled.procedure
        notice = moved.step.data.get("notice", {})
        days = procedure.states[moved.step.to_state].notice
        actor = self._context.session.get(Account, self._context.actor.account_id or 0)
        return {
            "case.reference": moved.case.reference,
            "case.title": self._case.title,
            "case.category": _category(procedure, moved.case.category, language),
            "procedure.title": getattr(procedure.title, language),
            "round.title": _titled(self._round, language),
            "body.title": _titled(self._body, language),
            "actor.name": _named(actor, language) if actor else None,
            "today": day_text(self._context.today, language),
            "notice.ends_date": day_text(date.fromisoformat(notice["ends"]), language) if notice else None,
            "notice.working_days": str(days.working_days) if days else None,
            **self._of_person(language),
        }

    def _of_person(self, language: str) -> dict[str, Value]:
        person = self._person
        if person is None:
            return dict.fromkeys(PERSONAL)
        started = person.work_start_date
        return {
            "person.name": _named(person, language),
            "person.birth_month": month_text(person.birth_date, language),
            "person.work_start_date": month_text(started, language) if started else None,
            "person.post": self._posts(person.id, language),
            **{name: self._coded(name, getattr(person, table), language) for name, table in CODED.items()},
        }

    def _coded(self, name: str, code: str, language: str) -> str:
        words = self._template.codes.get(CODED[name], {}).get(code)
        return getattr(words, language) if words else code

    def _posts(self, person_id: int, language: str) -> Value:
        mine = select(Post).where(Post.person_id == person_id, Post.to_date.is_(None)).order_by(Post.from_date, Post.id)
        held = [(post.organization, post.title) for post in self._context.session.scalars(mine)]
        shown = [f"{where}{title}" if language == "zh" else f"{title}, {where}" for where, title in held]
        return ("；" if language == "zh" else "; ").join(shown) or None


PERSONAL = ("person.name", "person.birth_month", "person.work_start_date", "person.post", *CODED)


def _named(row: Account | Person, language: str) -> str:
    return row.name if language == "zh" else row.name_latin or row.name


def _titled(row: Body | Round | None, language: str) -> Value:
    return None if row is None else str(getattr(row, f"title_{language}"))


def _category(procedure: Procedure, key: str | None, language: str) -> Value:
    known = procedure.categories.get(key or "")
    return getattr(known.title, language) if known else None

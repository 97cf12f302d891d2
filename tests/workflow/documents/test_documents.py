"""Documents are made with their step, read by whoever reads their stage, and noticed when somebody alters them."""

import hashlib

import pytest
from sqlalchemy import delete, select, update

from tests.fixtures.office import Office, set_up
from tests.workflow.language.playing import Play
from workflow.cases.case_page import case_page
from workflow.documents.queries import AlteredDocument, altered_documents, document, documents_in
from workflow.documents.tables import Document
from workflow.problems import Missing
from workflow.procedure.model import Procedure
from workflow.record.queries import verify
from workflow.store.database import Database

MADE = """
starts: desk.first
seen_by: clerk
forms:
  asked:
    title: {en: Asked, zh: 征询}
    fields:
      text: {type: long_text, title: {en: Text, zh: 内容}}
      kind: {type: choice, options: {a: {en: First, zh: 甲}, b: {en: Second, zh: 乙}}, title: {en: Kind, zh: 类别}}
      on: {type: date, title: {en: On, zh: 日期}}
      sure: {type: yes_no, title: {en: Sure, zh: 确定}}
      sealed: {type: text, visible_to: head, title: {en: Sealed, zh: 密封}}
documents:
  sheet:
    title: {en: Sheet, zh: 登记表}
    body: {en: "{person.name} {form.asked.text} {form.asked.kind} {form.asked.on} {form.asked.sure}", zh: "{person.name} {form.asked.kind} {form.asked.on} {form.asked.sure}"}
  secret:
    title: {en: Secret, zh: 密件}
    body: {en: "{form.asked.sealed}", zh: "{form.asked.sealed}"}
  shown:
    title: {en: Shown, zh: 公示}
    body: {en: "until {notice.ends_date}, {notice.working_days}", zh: "至{notice.ends_date}，{notice.working_days}"}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      first:
        title: {en: First, zh: 首先}
        actions:
          ask: {by: clerk, form: asked, effects: [{document: {template: sheet}}, {document: {template: secret}}], to: public.notice}
  public:
    title: {en: Public, zh: 公示}
    seen_by: [local, head]
    states:
      notice:
        title: {en: Notice, zh: 公示中}
        notice: {working_days: 5, cites: r/1}
        on_entry: [{document: {template: shown}}]
        actions: {stop: {by: [head, local], awaited: false, to: public.over}}
        outcomes: {expired: public.over}
      over: {title: {en: Over, zh: 结束}, final: over}
"""
ANSWERS = {"text": "Two <halls>", "kind": "b", "on": "2026-09-30", "sure": "no", "sealed": "A neighbour"}


@pytest.fixture
def office(any_database: Database, shipped: dict[str, Procedure]) -> Office:
    return set_up(any_database, shipped)


@pytest.fixture
def played(office: Office) -> Play:
    made = Play.of(office, MADE)
    made.act("secretary", "ask", form=ANSWERS)
    return made


def titles(played: Play, who: str) -> list[str]:
    with played.office.as_(who) as context:
        return [line.template for line in documents_in(case_page(context, played.case_id))]


def read(played: Play, who: str, template: str, language: str) -> str:
    with played.office.as_(who) as context:
        return document(context, case_id=played.case_id, seq=2, template=template, language=language).content


def test_a_document_says_what_was_known_with_its_step_in_both_languages(played: Play) -> None:
    assert "Two &lt;halls&gt; Second 30 September 2026 no</p>" in read(played, "secretary", "sheet", "en")
    assert "乙 2026年9月30日 否</p>" in read(played, "secretary", "sheet", "zh")
    assert read(played, "nominator", "shown", "zh") == "<p>至2026年9月14日，5</p>\n"


def test_a_document_is_read_by_whoever_reads_its_stage_and_every_answer_in_it(played: Play) -> None:
    assert titles(played, "secretary") == ["sheet", "shown"], "the sealed answer is the head's"
    assert titles(played, "nominator") == ["shown"]
    for who, template in (("secretary", "secret"), ("nominator", "sheet"), ("secretary", "nothing")):
        with pytest.raises(Missing):
            read(played, who, template, "en")
    with pytest.raises(Missing):
        read(played, "stranger", "shown", "en")


def test_its_hash_stands_in_the_record(played: Play) -> None:
    with played.office.as_("secretary") as context:
        view = document(context, case_id=played.case_id, seq=2, template="sheet", language="en")
    assert hashlib.sha256(view.file.encode()).hexdigest() == view.line.sha256["en"]
    with played.office.database.reading() as session:
        assert altered_documents(session) == ()
        assert verify(session).is_whole


@pytest.mark.parametrize("way", ["content", "content and hash", "gone"])
def test_an_altered_document_is_named(played: Play, way: str) -> None:
    mine = (Document.case_id == played.case_id, Document.template == "sheet", Document.language == "zh")
    other = "<main>\n</main>\n"
    changed = {"content": other, "sha256": hashlib.sha256(other.encode()).hexdigest()}
    with played.office.database.writing() as session:
        if way == "gone":
            session.execute(delete(Document).where(*mine))
        else:
            session.execute(update(Document).where(*mine).values(changed if way != "content" else {"content": other}))
    with played.office.database.reading() as session:
        reference = played.office.case(played.case_id).reference
        assert altered_documents(session) == (AlteredDocument(reference, 2, "sheet", "zh"),)
        assert verify(session).is_whole, "the events themselves are as they were"


def test_a_refused_step_makes_no_document(office: Office) -> None:
    played = Play.of(office, MADE)
    with pytest.raises(Exception, match="form_faulty"):
        played.act("secretary", "ask", form={**ANSWERS, "kind": "c"})
    with office.database.reading() as session:
        assert session.scalars(select(Document)).all() == []

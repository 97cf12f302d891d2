"""Cases outside rounds are opened by the roles a procedure names, about what it is about, and by nobody else."""

from typing import Any

import pytest

from tests.fixtures.office import Office
from tests.workflow.language.playing import HEAD
from workflow.cases.operations import start_case
from workflow.cases.versions import publish_procedure
from workflow.context import CLOCK, Context
from workflow.engine.catalogue import Catalogue
from workflow.problems import Forbidden, Invalid, Missing
from workflow.procedure.loader import parse_procedure

BODY = """\
  person: {is_subject: true, title: {en: The person, zh: 本人}}
subject: SUBJECT
opened_by: OPENERS
starts: desk.draft
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: [clerk, local, head, front, person], to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


def start(office: Office, who: str, *, subject: str = "post", openers: str = "clerk", **given: Any) -> str:
    """Opens a case of a procedure and answers with what it is called."""
    text = HEAD + BODY.replace("SUBJECT", subject).replace("OPENERS", openers)
    with office.database.writing() as session:
        procedure = parse_procedure(text, "played.yaml", Catalogue())
        version = publish_procedure(Context(session, CLOCK, office.now), procedure)
    given = {"body_id": office.bodies["street"], **given}
    with office.as_(who) as context:
        case_id = start_case(context, version_id=version, **given).case_id
    return office.case(case_id).title or ""


def test_a_post_is_named_when_its_case_is_opened(office: Office) -> None:
    assert start(office, "secretary", title=" Librarian ") == "Librarian"
    with pytest.raises(Invalid, match="case_without_title"):
        start(office, "secretary", title=" ")
    with pytest.raises(Invalid, match="field_too_long"):
        start(office, "secretary", title="L" * 201)
    with pytest.raises(Invalid, match="field_not_text"):
        start(office, "secretary", title="L\x00")
    assert start(office, "secretary", title="Chief \n Librarian") == "Chief Librarian", "however it is opened"


def test_only_the_roles_named_open_a_case(office: Office) -> None:
    with pytest.raises(Forbidden, match="case_for_openers"):
        start(office, "frontier", title="Librarian")
    assert start(office, "nominator", openers="[clerk, local]", title="Librarian") == "Librarian"
    with pytest.raises(Forbidden):
        start(office, "other_nominator", openers="local", title="Librarian")


def test_a_person_is_there_and_may_open_their_own(office: Office) -> None:
    person = office.person()
    with pytest.raises(Invalid, match="case_without_person"):
        start(office, "secretary", subject="person")
    with pytest.raises(Missing, match="person_missing"):
        start(office, "secretary", subject="person", person_id=person + 1)
    start(office, "secretary", subject="person", person_id=person)
    with pytest.raises(Forbidden):
        start(office, "secretary", subject="person", openers="person", person_id=person)


def test_a_body_that_roles_need_is_named(office: Office) -> None:
    with pytest.raises(Invalid, match="case_without_body"):
        start(office, "secretary", title="Librarian", body_id=None)
    with pytest.raises(Missing, match="body_missing"):
        start(office, "secretary", title="Librarian", body_id=9_999)

"""The articles of a case as its readers see them: by the record of the shipped procedure, no more than is open to them."""

from datetime import date

import pytest

from tests.fixtures.office import NOMINATION, Office
from tests.workflow.steps import decided, listed, nominated, submitted
from workflow.cases.articles import ArticleLine, articles_by_reference, articles_of_case
from workflow.cases.operations import grant_waiver
from workflow.people.called import Name
from workflow.problems import Missing


def lines(office: Office, name: str, case_id: int) -> dict[str, ArticleLine]:
    with office.as_(name) as context:
        return {line.key: line for line in articles_of_case(context, case_id).lines}


def test_a_listed_case_has_kept_everything_that_applied(office: Office) -> None:
    case_id = listed(office, office.person())
    found = lines(office, "secretary", case_id)
    assert found.pop("work-rules/8").standing == "not_applicable", "the round has no planned dates"
    assert {line.standing for line in found.values()} == {"satisfied"}
    assert found["selection-regulation/43"].text.en.startswith("Public notice of at least five working days")
    reference = office.case(case_id).reference
    with office.as_(None) as context:
        assert articles_by_reference(context, reference).counts == {"satisfied": len(found), "not_applicable": 1}


def test_a_waiver_shows_who_gave_it_and_why(office: Office) -> None:
    case_id = nominated(office, office.person(birth_date=date(1975, 1, 1)))
    office.act("nominator", case_id, "ask_exception", reason="He is the only one who knows the dykes.")
    with office.as_("orghead") as context:
        version = office.case(case_id).version
        grant_waiver(
            context, case_id=case_id, guard="recommendation.draft.submit.age", reason="Granted.", seen_version=version
        )
    office.act("orghead", case_id, "answer", reason="Granted.")
    office.act("nominator", case_id, "submit", form=NOMINATION)
    line = lines(office, "secretary", case_id)["work-rules/6"]
    assert (line.standing, line.waived_by, line.reason) == ("waived", Name("orghead", "orghead"), "Granted.")


def test_an_overdue_check_is_late_and_says_since_when(office: Office) -> None:
    case_id = submitted(office, office.person())
    assert lines(office, "secretary", case_id)["work-rules/10"].standing == "missing"
    office.later(days=30)
    late = lines(office, "secretary", case_id)["work-rules/10"]
    assert late.standing == "late"
    assert late.due_at is not None
    assert late.due_at < office.now


def test_a_reader_sees_only_articles_of_stages_open_to_them(office: Office) -> None:
    case_id = decided(office, office.person())
    with office.as_("nominator") as context:
        theirs = articles_of_case(context, case_id)
    with office.as_("secretary") as context:
        every = articles_of_case(context, case_id)
    keys = {line.key for line in theirs.lines}
    assert "selection-regulation/38" not in keys
    assert "work-rules/9" in keys
    assert theirs.hidden == len(every.lines) - len(theirs.lines) > 0
    assert every.hidden == 0
    with office.as_("other_nominator") as context, pytest.raises(Missing):
        articles_of_case(context, case_id)

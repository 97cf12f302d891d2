"""Every route as anonymous, as the wrong role and as the right one; what nobody may do changes nothing."""

import hashlib
import shutil
from dataclasses import dataclass, field, replace
from datetime import date

import html5lib
import pytest
from flask.testing import FlaskClient

from tests.fixtures.databases import sqlite_file
from tests.fixtures.office import OPENS, Office, copied
from tests.web.conftest import ClientOf, administered, drafted
from tests.workflow.steps import begun, decided, submitted
from tests.workflow.versions.moving_about import version
from web.security import OPEN_TO_ALL, POLICY
from workflow.cases.assigning import claim_item
from workflow.cases.operations import open_case
from workflow.people.tables import Account
from workflow.rehearsal.samples import sample
from workflow.rounds.tables import Round, RoundCall
from workflow.store.database import Database
from workflow.tables import metadata
from workflow.versions.moving import make_plan, suggestion
from workflow.versions.operations import save_draft

PERSONAL = {"sign_in"}
"""Tables that signing in writes."""


@dataclass(frozen=True)
class Door:
    """Who may open a route. `wrong` is None where everybody signed in may; `answer` is what the wrong role gets."""

    right: str = "nominator"
    wrong: str | None = None
    answer: int = 403
    given: dict[str, str | int] = field(default_factory=dict)


def _case(right: str = "nominator", wrong: str = "other_nominator", **more: str) -> Door:
    return Door(right, wrong, 404, {"case_id": 1, **more})


PAPER: dict[str, str | int] = {"case_id": 3, "seq": 10, "template": "assessment_report"}
"""The report on the candidate of the third case, made when the team filed it."""
SENT: dict[str, str | int] = {"case_id": 4, "seq": 2, "form": "request", "field": "evidence", "number": 1}
"""The file that came with the request for a correction."""
PAGES = {
    "account.account": Door(),
    "administration.accounts": Door("admin", "secretary"),
    "administration.health": Door("admin", "orghead"),
    "bulk.choose": Door(),
    "bulk.job": Door("secretary", "nominator", 404, {"job_id": 1}),
    "bulk.result": Door("secretary", "nominator", 404, {"job_id": 1}),
    "calls.calls": Door(),
    "case.case": _case(),
    "case.form_alone": _case(action="submit"),
    "case.once_more": _case(action="submit"),
    "case.diagram": _case(),
    "case_documents.document": Door("secretary", "nominator", 404, PAPER),
    "case_documents.download": Door("secretary", "nominator", 404, {**PAPER, "language": "en"}),
    "case_documents.file": Door("nominator", "other_nominator", 404, SENT),
    "case_rules.rules": _case(),
    "copied.copied": Door(),
    "done.done": Door(),
    "home.home": Door(),
    "inbox.inbox": Door(),
    "ledger.ledger": Door("secretary", "nominator"),
    "meetings.meetings": Door("orghead"),
    "mine.mine": Door(),
    "nominate.begin": Door("nominator", "stranger", 404, {"round_id": 1}),
    "nominate.check": _case(),
    "nominate.form": _case(),
    "nominate.sent": _case(),
    "nominate.tasks": _case(),
    "notifications.notifications": Door(),
    "opening.apply": Door("nominator", "member01", 404, {"round_id": 2}),
    "opening.begin": Door("nominator", "member01", 404, {"procedure": "correction"}),
    "opening.choose": Door(),
    "people.new": Door("nominator", "member01"),
    "people.person": Door("street_head", "other_nominator", 403, {"person_id": 1}),
    "people.register": Door("secretary", "nominator"),
    "pools.overview": Door("frontier", "nominator"),
    "pools.reviews": Door("orghead", "member01"),
    "procedure_drafts.draft": Door("admin", "secretary", 404, {"draft_id": 1}),
    "procedure_drafts.new": Door("admin", "secretary"),
    "procedure_drafts.publish": Door("admin", "orghead", 404, {"draft_id": 1}),
    "procedure_moves.new": Door("admin", "secretary", 403, {"from": 1, "to": 2}),
    "procedure_moves.plan": Door("admin", "orghead", 403, {"plan_id": 1}),
    "procedure_rehearsals.rehearsal": Door("admin", "secretary", 403, {"place": "version-1"}),
    "procedure_sandboxes.sandbox": Door("admin", "secretary", 403, {"place": "version-5"}),
    "procedure_sandboxes.scenario": Door("admin", "orghead", 403, {"place": "version-5"}),
    "procedure_simulations.simulation": Door("secretary", "nominator", 403, {"key": "annual-review"}),
    "procedures.compare": Door("secretary", "nominator", 403, {"key": "annual-review"}),
    "procedures.diagram": Door("secretary", "stranger", 403, {"key": "annual-review"}),
    "procedures.procedure": Door("frontier", "assessor1", 403, {"key": "reserve-official"}),
    "procedures.procedures": Door("orghead", "stranger"),
    "reports.cases": Door("orghead", "nominator", 403, {"round_id": 1, "key": "nominated"}),
    "reports.report": Door("admin", "stranger", 403, {"round_id": 1}),
    "reports.reports": Door("frontier", "personnel"),
    "reports.table": Door("secretary", "street_head", 403, {"round_id": 1, "key": "funnel"}),
    "round_timetable.timetable": Door("secretary", "orghead", 403, {"round_id": 1}),
    "rounds.board": Door("secretary", "nominator", 404, {"round_id": 1}),
    "rounds.new": Door("secretary", "orghead"),
    "rounds.ranking": Door("orghead", "assessor1", 404, {"round_id": 1}),
    "rounds.rounds": Door("secretary", "nominator"),
    "search.search": Door(),
    "work.reassign": Door("nominator", "other_nominator", 404, {"item_id": 1}),
}
COMMANDS = {
    "account.password": Door(),
    "account.revoke": Door("nominator", "stranger", 404, {"session_id": 1}),
    "account.theme": Door(),
    "account.shortcuts": Door(),
    "administration.add": Door("admin", "secretary"),
    "administration.end": Door("admin", "secretary", 403, {"holding_id": 1}),
    "administration.enter_calendar": Door("admin", "orghead"),
    "bulk.cancel": Door("secretary", "nominator", 404, {"job_id": 1}),
    "bulk.start": Door("secretary"),
    "calls.nil_return": Door("other_nominator", "stranger", 403, {"round_id": 1}),
    "case.again": _case("nominator", "stranger", action="submit"),
    "case.meeting": _case("recorder", "member01"),
    "case.opinion": _case("orghead", "stranger"),
    "case.take_action": _case("nominator", "stranger", action="submit"),
    "case.waive": _case("orghead", "street_head"),
    "case_drafts.discard": _case("nominator", "stranger", what="submit"),
    "case_drafts.keep": _case("nominator", "stranger", what="submit"),
    "ledger.retry": Door("secretary", "nominator", 403, {"delivery_id": 1}),
    "nominate.ask_exception": Door("nominator", "other_nominator", 404, {"case_id": 1}),
    "nominate.begin": Door("nominator", "member01", 404, {"round_id": 1}),
    "nominate.check": _case(),
    "nominate.form": _case(),
    "notifications.read_all": Door(),
    "opening.apply": Door("nominator", "member01", 403, {"round_id": 2}),
    "opening.begin": Door("nominator", "member01", 404, {"procedure": "correction"}),
    "people.new": Door("nominator", "member01"),
    "procedure_drafts.check": Door("admin", "secretary"),
    "procedure_drafts.create": Door("admin", "secretary"),
    "procedure_drafts.publish_it": Door("admin", "secretary", 404, {"draft_id": 1}),
    "procedure_drafts.save": Door("admin", "nominator", 404, {"draft_id": 1}),
    "procedure_drafts.withdraw": Door("admin", "orghead", 404, {"draft_id": 1}),
    "procedure_moves.create": Door("admin", "secretary"),
    "procedure_moves.revert": Door("admin", "nominator", 403, {"plan_id": 1}),
    "procedure_moves.start": Door("admin", "secretary", 403, {"plan_id": 1}),
    "procedure_rehearsals.begin": Door("admin", "secretary", 403, {"place": "version-1"}),
    "procedure_rehearsals.go_on": Door("admin", "orghead", 403, {"place": "version-1"}),
    "procedure_rehearsals.usual": Door("admin", "nominator", 403, {"place": "version-1"}),
    "procedure_sandboxes.again": Door("admin", "secretary", 403, {"place": "version-5"}),
    "procedure_sandboxes.back": Door("admin", "orghead", 403, {"place": "draft-1"}),
    "procedure_sandboxes.step": Door("admin", "secretary", 403, {"place": "version-5"}),
    "round_timetable.timetable": Door("secretary", "orghead", 403, {"round_id": 1}),
    "rounds.close": Door("secretary", "nominator", 403, {"round_id": 1}),
    "rounds.new": Door("secretary", "orghead"),
    "rounds.remind": Door("secretary", "stranger", 403, {"round_id": 1}),
    "sign_in.sign_out": Door(),
    "work.claim": Door("nominator", "other_nominator", 404, {"item_id": 1}),
    "work.reassign": Door("nominator", "other_nominator", 404, {"item_id": 1}),
    "work.release": Door("nominator", "other_nominator", 404, {"item_id": 1}),
}


@pytest.fixture(scope="module")
def busy_office(office_on_file: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a draft, a submitted case and an administrator; copied for each test."""
    path = tmp_path_factory.mktemp("busy") / "office.db"
    shutil.copyfile(sqlite_file(office_on_file.database), path)
    office = copied(office_on_file, Database(f"sqlite:///{path}"))
    assert drafted(office) == 1
    administrator = administered(office)
    begun(office, submitted(office, office.person()))
    applied_for(office)
    with office.as_("nominator") as context:
        claim_item(context, item_id=1)
    assert decided(office, office.person()) == PAPER["case_id"]
    assert corrected(office) == SENT["case_id"]
    first, second = version(office), version(office, ("working_days: 10", "working_days: 20"))
    with office.as_(administrator) as given:
        context = replace(given, actor=replace(given.actor, is_administrator=True))
        save_draft(context, source="procedure: other\n")
        plan = suggestion(context, from_version_id=first, to_version_id=second)
        make_plan(context, from_version_id=first, to_version_id=second, plan=plan)
    office.database.dispose()
    return office


@pytest.fixture
def office(busy_office: Office, sqlite_database: Database) -> Office:
    shutil.copyfile(sqlite_file(busy_office.database), sqlite_file(sqlite_database))
    return copied(busy_office, sqlite_database)


@pytest.fixture
def doors(client_of: ClientOf) -> ClientOf:
    """Browsers of the busy office."""
    client_of(None).application.config["WTF_CSRF_ENABLED"] = False
    return client_of


def applied_for(office: Office) -> None:
    """A second round, in which people apply for themselves, and a person behind the nominator's account."""
    person = office.person()
    with office.database.writing() as session:
        session.get_one(Account, office.actors["nominator"].account_id).person_id = person
        row = Round(
            reference="R-2026-02", title_zh="资助", title_en="Fellowships", seats={}, rubric=[], opens_date=OPENS,
            procedure_version_id=office.versions["foundation-fellowship"], closes_date=date(2026, 12, 31),
            opened_at=office.now, opened_by=office.actors["secretary"].account_id,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(RoundCall(round_id=row.id, body_id=office.bodies["street"]))


def corrected(office: Office) -> int:
    """A request for a correction with a file."""
    version_id, person_id, body_id = office.versions["correction"], office.person(), office.bodies["street"]
    with office.as_("nominator") as context:
        case_id = open_case(context, version_id=version_id, person_id=person_id, body_id=body_id).case_id
    texts = dict.fromkeys(("where", "reads", "should_read", "grounds"), "As it is.")
    office.act("nominator", case_id, "file_request", form={"kind": "file", **texts, "evidence": [sample("a.pdf")]})
    return case_id


def path_of(client: FlaskClient, endpoint: str, door: Door) -> str:
    adapter = client.application.url_map.bind("localhost")
    return adapter.build(endpoint, dict(door.given))


def digest(office: Office) -> dict[str, str]:
    """Table → what is in it, as one hash."""
    with office.database.reading() as session:
        return {
            table.name: hashlib.sha256(repr(session.execute(table.select()).all()).encode()).hexdigest()
            for table in metadata.sorted_tables
            if table.name not in PERSONAL
        }


def test_every_route_has_its_door(doors: ClientOf) -> None:
    rules = [rule for rule in doors(None).application.url_map.iter_rules() if rule.endpoint not in OPEN_TO_ALL]
    methods = [(rule.endpoint, rule.methods or set()) for rule in rules]
    assert {name for name, allowed in methods if "GET" in allowed} == set(PAGES), "add the page to PAGES"
    assert {name for name, allowed in methods if "POST" in allowed} == set(COMMANDS), "add the command to COMMANDS"


@pytest.mark.parametrize("endpoint", PAGES)
def test_a_page_opens_to_its_readers_alone(doors: ClientOf, endpoint: str) -> None:
    door = PAGES[endpoint]
    anonymous = doors(None)
    path = path_of(anonymous, endpoint, door)
    assert anonymous.get(path).headers["Location"].startswith("/sign-in")
    if door.wrong:
        refused = doors(door.wrong).get(path)
        assert refused.status_code == door.answer
        html5lib.HTMLParser(strict=True).parse(refused.text)
    answer = doors(door.right).get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == POLICY
    if answer.mimetype == "text/html":
        html5lib.HTMLParser(strict=True).parse(answer.text)
        assert " style=" not in answer.text
        assert "(zh=" not in answer.text, "a value as the program writes it"
        assert "<script>" not in answer.text


@pytest.mark.parametrize("endpoint", COMMANDS)
def test_a_command_of_the_wrong_reader_changes_nothing(doors: ClientOf, office: Office, endpoint: str) -> None:
    door = COMMANDS[endpoint]
    anonymous = doors(None)
    path = path_of(anonymous, endpoint, door)
    doors(door.right)
    before = digest(office)
    assert anonymous.post(path).headers["Location"].startswith("/sign-in")
    if door.wrong:
        data = {"version": 1, "reason": "Because.", "channel": "nominating_body"}
        assert doors(door.wrong).post(path, data=data).status_code == door.answer
    assert digest(office) == before


@pytest.mark.parametrize("endpoint", COMMANDS)
def test_a_command_without_its_token_changes_nothing(doors: ClientOf, office: Office, endpoint: str) -> None:
    door = COMMANDS[endpoint]
    client = doors(door.right)
    client.application.config["WTF_CSRF_ENABLED"] = True
    before = digest(office)
    assert client.post(path_of(client, endpoint, door), data={"version": 1}).status_code == 400
    assert digest(office) == before


@pytest.mark.parametrize("endpoint", sorted(set(COMMANDS) - {"sign_in.sign_out"}))
def test_an_empty_command_of_the_right_reader_is_no_fault_of_ours(doors: ClientOf, endpoint: str) -> None:
    door = COMMANDS[endpoint]
    client = doors(door.right)
    assert client.post(path_of(client, endpoint, door)).status_code < 500

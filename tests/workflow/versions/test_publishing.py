"""A draft becomes a version by a second person, never by its author; versions in use stay as they were published."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from definitions.library import FOLDER
from tests.fixtures.office import CATALOGUE, Office
from tests.workflow.steps import nominated
from workflow.cases import versions
from workflow.cases.tables import Case, ProcedureVersion
from workflow.cases.versions import compiled_version, newest_version, publish_shipped
from workflow.context import CLOCK, Context, Holding
from workflow.people.called import Name
from workflow.problems import Conflict, Forbidden, Invalid, Missing
from workflow.procedure.findings import Unsound
from workflow.procedure.loader import parse_procedure
from workflow.store.database import Database
from workflow.versions.operations import publish_draft, save_draft, withdraw_draft
from workflow.versions.queries import draft, drafts, newest_of_each, source_of, versions_of

TEXT = (FOLDER / "annual-review.yaml").read_text(encoding="utf-8")
CHANGED = TEXT.replace("after: 7, to: organization_head", "after: 9, to: organization_head")
NOTES = {"note_en": "Nine days.", "note_zh": "改为九日。"}


@pytest.fixture
def designers(any_office: Office) -> Office:
    """An office in which `secretary` and `orghead` design procedures as well."""
    for number, name in enumerate(("secretary", "orghead")):
        actor = any_office.actors[name]
        extra = Holding(9_000 + number, any_office.bodies["organization"], "organization", "designer")
        any_office.actors[name] = replace(actor, holdings=(*actor.holdings, extra))
    return any_office


def saved(office: Office, name: str = "secretary", source: str = CHANGED, **given: object) -> tuple[int, int]:
    with office.as_(name) as context:
        kept = save_draft(context, source=source, **{**NOTES, **given})  # type: ignore[arg-type]
    return kept.draft_id, kept.revision


def published(office: Office, draft_id: int, revision: int = 1, name: str = "orghead") -> int:
    with office.as_(name) as context:
        return publish_draft(context, draft_id=draft_id, seen_revision=revision, vocabulary=CATALOGUE)


def test_the_second_person_makes_it_the_next_version(designers: Office) -> None:
    office = designers
    draft_id, revision = saved(office)
    version_id = published(office, draft_id, revision)
    with office.as_("orghead") as context:
        newest, first = versions_of(context, "annual-review")
        assert (newest.id, newest.number, first.number) == (version_id, 2, 1)
        assert (newest.author, newest.publisher) == (Name("secretary", "secretary"), Name("orghead", "orghead"))
        assert (newest.note_en, newest.note_zh) == ("Nine days.", "改为九日。")
        assert source_of(context, version_id) == CHANGED
        assert draft(context, draft_id).status == "published"
        assert drafts(context) == ()
        assert newest_version(context.session, "annual-review")[0] == version_id
        assert first.is_shipped
        assert not newest.is_shipped


def test_the_author_may_not_publish_and_is_told_why(designers: Office) -> None:
    draft_id, _ = saved(designers)
    with pytest.raises(Forbidden) as refused:
        published(designers, draft_id, name="secretary")
    assert refused.value.code == "own_draft"
    with designers.as_("secretary") as context:
        assert len(versions_of(context, "annual-review")) == 1


@pytest.mark.parametrize("name", ["nominator", "stranger", "frontier"])
def test_whoever_does_not_design_neither_writes_nor_publishes_nor_reads_drafts(designers: Office, name: str) -> None:
    draft_id, _ = saved(designers)
    with pytest.raises(Forbidden):
        saved(designers, name)
    with pytest.raises(Forbidden):
        published(designers, draft_id, name=name)
    with designers.as_(name) as context, pytest.raises(Missing):
        draft(context, draft_id)


def test_what_is_unsound_is_kept_and_not_published(designers: Office) -> None:
    broken = CHANGED.replace("to: joint.review", "to: joint.nowhere")
    draft_id, _ = saved(designers, source=broken)
    with pytest.raises(Unsound) as unsound:
        published(designers, draft_id)
    line = next(number for number, one in enumerate(broken.splitlines(), 1) if "joint.nowhere" in one)
    assert (line, "unknown_state") in {(finding.line, finding.code) for finding in unsound.value.findings}
    with designers.as_("orghead") as context:
        assert draft(context, draft_id).status == "open"


def test_the_same_rules_are_no_new_version(designers: Office) -> None:
    draft_id, _ = saved(designers, source="# only a remark\n" + TEXT)
    with pytest.raises(Conflict) as conflict:
        published(designers, draft_id)
    assert conflict.value.code == "rules_published_before"
    assert conflict.value.params == {"procedure": "annual-review", "number": 1}


def test_what_was_saved_after_reading_is_not_published_unread(designers: Office) -> None:
    draft_id, first = saved(designers)
    saved(designers, draft_id=draft_id, seen_revision=first, source=CHANGED + "# more\n")
    with pytest.raises(Conflict) as conflict:
        published(designers, draft_id, first)
    assert conflict.value.code == "draft_changed"
    published(designers, draft_id, first + 1)


def test_two_savings_of_one_reading_do_not_overwrite_each_other(designers: Office) -> None:
    draft_id, first = saved(designers)
    saved(designers, draft_id=draft_id, seen_revision=first)
    with pytest.raises(Conflict):
        saved(designers, draft_id=draft_id, seen_revision=first)


def test_only_the_author_changes_or_withdraws_a_draft(designers: Office) -> None:
    draft_id, first = saved(designers)
    with pytest.raises(Forbidden):
        saved(designers, "orghead", draft_id=draft_id, seen_revision=first)
    with designers.as_("orghead") as context, pytest.raises(Forbidden):
        withdraw_draft(context, draft_id=draft_id)
    with designers.as_("secretary") as context:
        withdraw_draft(context, draft_id=draft_id)
        assert draft(context, draft_id).status == "withdrawn"
    with pytest.raises(Conflict):
        published(designers, draft_id)
    with pytest.raises(Conflict):
        saved(designers, draft_id=draft_id, seen_revision=first)


@pytest.mark.parametrize("missing", ["note_en", "note_zh"])
def test_a_version_has_a_changelog_line_in_both_languages(designers: Office, missing: str) -> None:
    draft_id, _ = saved(designers, **{missing: "  "})
    with pytest.raises(Invalid) as invalid:
        published(designers, draft_id)
    assert invalid.value.field == missing


@pytest.mark.parametrize(
    ("source", "code"), [(" \n", "draft_empty"), ("a\x00b", "field_not_text"), ("字" * 200_000, "draft_too_long")]
)
def test_what_is_no_definition_text_is_refused(designers: Office, source: str, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        saved(designers, source=source)
    assert invalid.value.code == code


def test_a_draft_is_filed_under_the_key_it_says(designers: Office) -> None:
    for source, key in ((CHANGED, "annual-review"), ("procedure: [", ""), ("procedure: 7\n", ""), ("a: b\n", "")):
        draft_id, _ = saved(designers, source=source)
        with designers.as_("orghead") as context:
            assert draft(context, draft_id).key == key


def test_cases_begun_before_go_on_by_their_own_version(designers: Office) -> None:
    office = designers
    text = (FOLDER / "reserve-official.yaml").read_text(encoding="utf-8")
    case_id = nominated(office, office.person())
    draft_id, _ = saved(office, source=text.replace("prefix: RO", "prefix: RX"))
    version_id = published(office, draft_id)
    assert office.case(case_id).procedure_version_id == office.versions["reserve-official"] != version_id
    with office.as_("orghead") as context:
        newest, first = versions_of(context, "reserve-official")
        assert (newest.running, first.running) == (0, 1)
        assert {view.key: view.number for view in newest_of_each(context)}["reserve-official"] == 2


def test_a_version_in_use_cannot_vanish(designers: Office) -> None:
    office = designers
    nominated(office, office.person())
    in_use = delete(ProcedureVersion).where(ProcedureVersion.id.in_(select(Case.procedure_version_id)))
    with office.database.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(in_use)


def test_a_version_altered_in_the_database_decides_nothing(designers: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "_by_digest", {})  # as in a process that never saw these rules
    draft_id, _ = saved(designers)
    version_id = published(designers, draft_id)
    with designers.database.writing() as session:
        row = session.get_one(ProcedureVersion, version_id)
        altered = row.canonical.replace('"after":9', '"after":99')
        assert altered != row.canonical
        session.execute(update(ProcedureVersion).where(ProcedureVersion.id == version_id).values(canonical=altered))
    again = Database(designers.database.url)
    with again.reading() as session, pytest.raises(Conflict) as conflict:
        compiled_version(session, version_id)
    again.dispose()
    assert conflict.value.code == "version_altered"


def test_what_ships_does_not_come_after_the_offices_own_version_unasked(designers: Office) -> None:
    office = designers
    shipped = parse_procedure(TEXT.replace("after: 7", "after: 8"), "shipped.yaml", CATALOGUE)
    with office.database.writing() as session:
        context = Context(session, CLOCK, office.now)
        assert publish_shipped(context, [(shipped, "text")]) == ()
    published(office, saved(office)[0])
    later = parse_procedure(TEXT.replace("after: 7", "after: 5"), "shipped.yaml", CATALOGUE)
    with office.database.writing() as session:
        context = Context(session, CLOCK, office.now)
        assert publish_shipped(context, [(later, "text"), (shipped, "text")]) == ("annual-review",)
    with office.as_("orghead") as context:
        assert [view.number for view in versions_of(context, "annual-review")] == [3, 2, 1]


def test_two_who_publish_at_once_get_two_numbers_and_one_draft_becomes_one_version(designers: Office) -> None:
    office = designers
    other = CHANGED.replace("after: 9", "after: 11")
    first, second = saved(office)[0], saved(office, source=other)[0]
    told: list[object] = []
    start = Barrier(4)

    def publish(draft_id: int) -> None:
        start.wait()
        try:
            told.append(published(office, draft_id))
        except Conflict as conflict:
            told.append(conflict.code)

    threads = [Thread(target=publish, args=(one,)) for one in (first, second, first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told))[-2:] == ["draft_closed", "draft_closed"]
    with office.as_("orghead") as context:
        assert [view.number for view in versions_of(context, "annual-review")] == [3, 2, 1]

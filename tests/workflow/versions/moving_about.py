"""A small procedure in versions that differ in one thing each, and its cases moved from one to another."""

from collections.abc import Sequence
from dataclasses import replace

from tests.fixtures.office import Office
from tests.workflow.language.playing import HEAD, Play
from workflow.bulk.operations import Seen, go_on
from workflow.cases.versions import publish_procedure
from workflow.context import CLOCK, Context
from workflow.engine.catalogue import Catalogue
from workflow.people.tables import Account
from workflow.procedure.loader import parse_procedure
from workflow.versions.moving import make_plan, preview_moves, start_moving, suggestion
from workflow.versions.plan_rules import Plan

FIRST = """
starts: desk.draft
seen_by: [clerk]
forms:
  wish:
    title: {en: Wish, zh: 申请}
    fields:
      sum: {type: integer, required: true, title: {en: Sum, zh: 金额}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: wish, to: desk.joint}}}
      joint:
        title: {en: Joint opinion, zh: 会签}
        panel: {of: [head, front], opinions: [agree, disagree], settle: {rule: all, cites: r/1}}
        deadline: {working_days: 10, remind: [-3], cites: r/1}
        outcomes: {agreed: desk.check, refused: desk.draft}
      check:
        title: {en: Check, zh: 核对}
        deadline: {working_days: 5, remind: [0], cites: r/1}
        actions:
          close: {by: head, guards: [{condition: {when: {this: form.wish.sum, at_least: 10}, otherwise: {en: Too small., zh: 金额过小。}, cites: r/1}}], to: desk.done}
          rest: {by: head, awaited: false, to: desk.resting}
      resting: {title: {en: Resting, zh: 中止}, suspends: true, actions: {resume: {by: head, to: resumed}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


def version(office: Office, *edits: tuple[str, str]) -> int:
    """The id of a version of the procedure with some edits, published."""
    procedure = parse_procedure(HEAD + edited(*edits), "played.yaml", Catalogue())
    with office.database.writing() as session:
        return publish_procedure(Context(session, CLOCK, office.now), procedure)


def edited(*edits: tuple[str, str]) -> str:
    """The text of the procedure with some edits."""
    text = FIRST
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


def begun(office: Office, *edits: tuple[str, str]) -> Play:
    """A case of the first version that waits for both opinions."""
    played = Play.of(office, edited(*edits))
    played.act("secretary", "submit", form={"sum": 12})
    return played


def as_designer(office: Office) -> str:
    """Somebody who designs procedures and reads no case: the office's administrator, made for it."""
    office.actors["stranger"] = replace(office.actors["stranger"], is_administrator=True)
    account = office.actors["stranger"].account_id
    with office.database.writing() as session:
        session.get_one(Account, account).is_administrator = True
    return "stranger"


def planned(office: Office, old: int, new: int, plan: Plan | None = None) -> int:
    name = as_designer(office)
    with office.as_(name) as context:
        plan = plan or suggestion(context, from_version_id=old, to_version_id=new)
        return make_plan(context, from_version_id=old, to_version_id=new, plan=plan)


def reasons_of(office: Office, plan_id: int) -> dict[int, list[str]]:
    """Case → codes of what stands against its move."""
    with office.as_("stranger") as context:
        return {one.case_id: [reason.code for reason in one.reasons] for one in preview_moves(context, plan_id=plan_id)}


def carried_out(office: Office, plan_id: int, cases: Sequence[int] = ()) -> int:
    """The job that moved every case of the preview, or those named, done to its end."""
    with office.as_("stranger") as context:
        seen = [Seen(one.case_id, one.version) for one in preview_moves(context, plan_id=plan_id)]
        seen = [one for one in seen if not cases or one.case_id in cases]
        job = start_moving(context, plan_id=plan_id, seen=seen, once_key=f"plan:{plan_id}:{len(seen)}:{office.now}")
    while go_on(office.database, office.now, job_id=job, limit=10):
        pass
    return job

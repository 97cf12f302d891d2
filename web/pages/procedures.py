"""Procedures as they are published: the list, one with its versions, and what differs between two."""

from flask import Blueprint, render_template, request

from web.menu import Entry
from web.procedure_rendering import diagram_of, differences, source_table, stage_table
from web.request import reading
from workflow.access.rules import may_draft, may_open
from workflow.context import Actor
from workflow.problems import Missing
from workflow.versions.queries import VersionView, drafts, newest_of_each, plans_of, versions_of

blueprint = Blueprint("procedures", __name__, url_prefix="/procedures")
ZOOMS = (50, 75, 100, 150, 200, 300)
"""Sizes of the diagram, in percent of the width of the page."""


def _may(actor: Actor) -> bool:
    return may_open(actor, "procedures")


menu_entry = Entry("Procedures", "procedures.procedures", 80, "diagram-3", _may)


@blueprint.get("/")
def procedures() -> str:
    """Every procedure in its newest version, and the drafts that wait for a second person."""
    with reading() as context:
        newest = newest_of_each(context)
        waiting = drafts(context)
        is_designer = may_draft(context.actor)
    return render_template("procedures/procedures.html", newest=newest, drafts=waiting, is_designer=is_designer)


@blueprint.get("/<key>")
def procedure(key: str) -> str:
    """One version of a procedure, the newest where none is named: diagram, who does what, versions, drafts."""
    with reading() as context:
        versions = versions_of(context, key)
        waiting = drafts(context, key=key)
        plans = plans_of(context, key)
        is_designer, today = may_draft(context.actor), context.today
    shown = _numbered(versions, request.args.get("number", versions[0].number, type=int))
    return render_template(
        "procedures/procedure.html",
        versions=versions,
        shown=shown,
        drafts=waiting,
        plans=plans,
        is_designer=is_designer,
        stages=stage_table(shown.procedure),
        sources=source_table(shown.procedure, today),
        today=today,
        diagram=diagram_of(shown.procedure),
    )


@blueprint.get("/<key>/diagram")
def diagram(key: str) -> str:
    """The diagram of one version by itself, as large as one likes."""
    with reading() as context:
        versions = versions_of(context, key)
    shown = _numbered(versions, request.args.get("number", versions[0].number, type=int))
    zoom = request.args.get("zoom", 100, type=int)
    return render_template(
        "procedures/diagram.html",
        shown=shown,
        diagram=diagram_of(shown.procedure),
        zoom=zoom if zoom in ZOOMS else 100,
        zooms=ZOOMS,
    )


@blueprint.get("/<key>/differences")
def compare(key: str) -> str:
    """What differs between two versions; the newest and the one before where none are named."""
    with reading() as context:
        versions = versions_of(context, key)
    newest = versions[0].number
    new = _numbered(versions, request.args.get("new", newest, type=int))
    old = _numbered(versions, request.args.get("old", max(1, new.number - 1), type=int))
    return render_template(
        "procedures/compare.html",
        versions=versions,
        old=old,
        new=new,
        changes=differences(old.procedure, new.procedure),
    )


def _numbered(versions: tuple[VersionView, ...], number: int) -> VersionView:
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise Missing("version_not_numbered", procedure=versions[0].key, number=number)
    return found

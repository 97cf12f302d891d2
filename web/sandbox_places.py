"""Which rules a sandbox or a rehearsal is about: a published version, or a draft as it is written now."""

import re
from dataclasses import dataclass

from flask import url_for

from web.procedure_rendering import check_text
from web.request import reading
from workflow.cases.versions import newest_versions
from workflow.problems import Missing
from workflow.procedure.model import Procedure
from workflow.versions.operations import require_designer
from workflow.versions.queries import draft as draft_of
from workflow.versions.queries import version_of

PLACE = re.compile(r"(version|draft)-([0-9]{1,9})")


@dataclass(frozen=True)
class Subject:
    """The rules with where they come from; `procedure` is None for a draft that is not sound."""

    place: str
    kind: str
    number: int
    """The number of the version, or of the draft."""
    procedure: Procedure | None
    url: str
    """The page of the version or draft."""
    others: tuple[Procedure, ...] = ()
    """The newest version of every procedure of the office: cases of this one may open cases of them."""


def subject_at(place: str) -> Subject:
    """The rules at a place: `version-3`, `draft-7`. Raises Forbidden for whoever does not design, Missing."""
    with reading() as context:
        require_designer(context)
        known = PLACE.fullmatch(place)
        if known is None:
            raise Missing("page_missing")
        kind, number = known[1], int(known[2])
        others = tuple(one.procedure for one in newest_versions(context.session))
        if kind == "version":
            version = version_of(context, number)
            url = url_for("procedures.procedure", key=version.key, number=version.number)
            return Subject(place, kind, version.number, version.procedure, url, others)
        draft = draft_of(context, number)
    url = url_for("procedure_drafts.draft", draft_id=number)
    return Subject(place, kind, number, check_text(draft.source).procedure, url, others)

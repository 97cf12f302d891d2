"""What the case page shows, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflow.cases.drafts import KeptDraft
from workflow.cases.holders import HolderView
from workflow.cases.last_views import Visit
from workflow.cases.loading import LoadedCase
from workflow.cases.offering import ActionView
from workflow.people.called import Name
from workflow.problems import Reason
from workflow.procedure.forms import Form
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.procedure.stages import State


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage of the path: `done`, `current` or `ahead`."""

    key: str
    title: Words
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class FormView:
    """A filled form as its reader may see it; answers hidden from them are missing from `values`.

    Read again as it was, it is the same object, equal only to itself: what is drawn of it is found without comparing.
    """

    key: str
    form: Form
    values: Mapping[str, Any]
    names: Mapping[int, Name]
    """Account → name, for answers that name people."""
    titles: Mapping[str, Mapping[str, str]]
    """`person:12`, `body:3` or `account:7` → what it is called in both languages, for answers that name one."""
    stage: Words
    filled_at: datetime
    filled_by: Name | None
    hidden: int
    seq: int
    """The record number of the event that filled it in."""
    is_own: bool
    """Whether the reader filled it in."""


@dataclass(frozen=True, slots=True, eq=False)
class EventView:
    """One line of the timeline. Where the stage is not the reader's, only that something happened is told.

    Read again as it was, it is the same object, as with `FormView`.
    """

    seq: int
    at: datetime
    is_visible: bool
    is_own: bool
    """Whether the reader did it."""
    actor: Name | None
    role: Words | None
    action: str
    action_title: Words | None
    from_state: str | None
    to_state: str
    stage: Words
    to_title: Words
    data: Mapping[str, Any]
    hash: str
    left: State | None
    """The rules, of then, of the state it happened in."""
    documents: tuple[Mapping[str, Any], ...] = ()
    """Documents that the step made and the reader may read."""


@dataclass(frozen=True, slots=True)
class WaiverView:
    """A guard that was set aside, by whom and why."""

    guard: str
    reason: str
    granted_by: Name | None
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as one reader may see it."""

    case: LoadedCase
    procedure: Procedure
    version_number: int
    person_id: int | None
    person: str
    person_latin: str
    birth_date: date | None
    body_zh: str
    body_en: str
    category: Words | None
    channel: str | None
    state: Words
    opened_at: datetime
    entered_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    roles: frozenset[str]
    sees_stage: bool
    stages: tuple[StageView, ...]
    holders: tuple[HolderView, ...]
    actions: tuple[ActionView, ...]
    waivable: tuple[Reason, ...]
    forms: tuple[FormView, ...]
    """The newest filling of each form."""
    fillings: tuple[FormView, ...]
    """Every filling, oldest first."""
    events: tuple[EventView, ...]
    waivers: tuple[WaiverView, ...]
    names: dict[int, Name]
    """Account → name, for everybody who appears."""
    titles: Mapping[str, Mapping[str, str]]
    """The same as of a form, for every answer of the case."""
    visit: Visit
    is_visit_new: bool
    """Whether the visit has to be noted."""
    drafts: dict[str, KeptDraft]
    """What the reader typed and has not sent, by form."""

    @property
    def visited(self) -> frozenset[str]:
        """Every state the case came to."""
        return frozenset(event.to_state for event in self.events)

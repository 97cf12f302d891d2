"""Puts the subjects together: importing this registers what follows when a case moves and where facts come from."""

from workflow.appointments import operations as appointments
from workflow.cases import acting_on, allotting, case_facts, children, extending
from workflow.documents import operations as documents
from workflow.notices import operations as notices
from workflow.panels import facts as panel_facts
from workflow.panels import seating as panels
from workflow.pools import facts as pool_facts
from workflow.pools import operations as pools
from workflow.reviews import facts as review_facts
from workflow.reviews import operations as reviews
from workflow.rounds import facts as round_facts
from workflow.versions import moving as version_moves
from workflow.webhooks import operations as webhooks

__all__ = [
    "acting_on",
    "allotting",
    "appointments",
    "case_facts",
    "children",
    "documents",
    "extending",
    "notices",
    "panel_facts",
    "panels",
    "pool_facts",
    "pools",
    "review_facts",
    "reviews",
    "round_facts",
    "version_moves",
    "webhooks",
]

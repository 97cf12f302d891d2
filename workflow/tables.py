"""Every table of the application, gathered for migrations and tests."""

from workflow.access import tables as access
from workflow.bodies import tables as bodies
from workflow.bulk import tables as bulk
from workflow.calendar import tables as calendar
from workflow.cases import tables as cases
from workflow.documents import tables as documents
from workflow.files import tables as files
from workflow.heartbeat import tables as heartbeat
from workflow.messages import tables as messages
from workflow.notices import tables as notices
from workflow.panels import tables as panels
from workflow.people import tables as people
from workflow.pools import tables as pools
from workflow.record import tables as record
from workflow.reviews import tables as reviews
from workflow.rounds import tables as rounds
from workflow.store.base import Base
from workflow.versions import tables as versions
from workflow.webhooks import tables as webhooks

metadata = Base.metadata

__all__ = [
    "access",
    "bodies",
    "bulk",
    "calendar",
    "cases",
    "documents",
    "files",
    "heartbeat",
    "messages",
    "metadata",
    "notices",
    "panels",
    "people",
    "pools",
    "record",
    "reviews",
    "rounds",
    "versions",
    "webhooks",
]

"""What somebody reads who comes too late to take something back: who acted since, as far as that is open to them."""

from dataclasses import replace

from workflow.cases.case_views import CaseView
from workflow.problems import Reason
from workflow.store.types import instant

ACTED = "last_done.acted"
UNSEEN = "last_done.acted_unseen"


def as_seen(view: CaseView, reason: Reason) -> Reason:
    """The reason as the reader of a case may see it: of a stage that is not theirs neither who acted nor how is told."""
    if reason.code != ACTED:
        return reason
    then = [event for event in view.events if event.at == instant(reason.params["done_at"])]
    if then and all(event.is_visible for event in then):
        return reason
    return replace(reason, code=UNSEEN, params={"done_at": reason.params["done_at"]})

"""Messages in words: what the outbox keeps as codes becomes a subject and a body in the recipient's language."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from definitions.texts import message_text
from workflow.context import OFFICE_ZONE
from workflow.procedure.model import Procedure


def notification_text(
    template: str,
    locale: str,
    params: Mapping[str, Any],
    procedures: Mapping[str, Procedure],
    *,
    zone: ZoneInfo = OFFICE_ZONE,
) -> tuple[str, str]:
    """Subject and body; a state is called by its title in the version of the procedure that the message names."""
    return message_text(template, locale, named_states(params, procedures), zone=zone)


def named_states(params: Mapping[str, Any], procedures: Mapping[str, Procedure]) -> dict[str, Any]:
    """The parameters with `state` as a pair of texts, those of cases listed in a digest message included."""
    named = dict(params)
    procedure = procedures.get(str(params.get("digest")))
    state = procedure.states.get(str(params.get("state"))) if procedure else None
    if state is not None:
        named["state"] = state.title.model_dump()
    if isinstance(params.get("cases"), list):
        named["cases"] = [named_states(case, procedures) for case in params["cases"]]
    return named

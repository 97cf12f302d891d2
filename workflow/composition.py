"""Puts the subjects together: importing this registers what follows when a case moves and where facts come from."""

from workflow.notices import operations as notices
from workflow.panels import operations as panels
from workflow.rounds import facts as round_facts

__all__ = ["notices", "panels", "round_facts"]

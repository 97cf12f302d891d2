"""The synthetic district: its accounts, the stages it can be shown at, and its loading."""

from datetime import datetime
from importlib import import_module

from definitions.demo.accounts import ACCOUNTS, PASSWORD
from definitions.demo.stages import DEFAULT_STAGE, STAGES
from workflow.store.database import Database

__all__ = ["ACCOUNTS", "DEFAULT_STAGE", "PASSWORD", "STAGES", "load"]


def load(database: Database, *, stage: str, now: datetime) -> None:
    """Fills an empty, migrated database with the district and plays its round up to a stage."""
    # What makes the district is read only when it is made: a later start of the demonstration is a second faster.
    district, loading = (import_module(f"{__name__}.{name}") for name in ("district", "loading"))
    loading.load_round(database, stage=stage, now=now, fill=district.fill)

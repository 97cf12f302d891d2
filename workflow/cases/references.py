"""Numbers given out once: references of cases, rounds and whatever else is counted within a year."""

from sqlalchemy.dialects import postgresql, sqlite

from workflow.cases.tables import Counter
from workflow.context import Context
from workflow.store.database import engine_of


def next_reference(context: Context, prefix: str, *, digits: int = 4) -> str:
    """`RO-2026-0001`: a prefix, the year, and a number counted within both."""
    key = f"{prefix}-{context.today.year}"
    dialect = postgresql if engine_of(context.session).dialect.name == "postgresql" else sqlite
    insertion = dialect.insert(Counter).values(key=key, value=1)
    counted = insertion.on_conflict_do_update(index_elements=["key"], set_={"value": Counter.value + 1})
    value = context.session.scalar(counted.returning(Counter.value))
    return f"{key}-{value:0{digits}d}"

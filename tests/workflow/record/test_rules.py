"""The hash of a line is what anybody computes from its canonical JSON."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from workflow.record.rules import GENESIS, HASHED_COLUMNS, event_hash
from workflow.record.tables import Event
from workflow.store.types import canonical_json

values = st.one_of(st.none(), st.integers(), st.text())


@given(line=st.fixed_dictionaries(dict.fromkeys(HASHED_COLUMNS, values)))
def test_hash_is_sha256_over_previous_hash_and_canonical_json(line: dict[str, object]) -> None:
    expected = hashlib.sha256((GENESIS + canonical_json(line)).encode("utf-8", "surrogatepass")).hexdigest()
    assert event_hash(GENESIS, line) == expected


def test_every_column_but_the_hash_is_hashed() -> None:
    assert {*HASHED_COLUMNS, "hash"} == set(Event.__table__.columns.keys())


def test_columns_beside_the_hashed_ones_do_not_count() -> None:
    line = dict.fromkeys(HASHED_COLUMNS, "x")
    assert event_hash(GENESIS, line) == event_hash(GENESIS, {**line, "hash": "y"})

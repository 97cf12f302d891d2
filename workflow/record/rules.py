"""What a line of the record hashes to: the chain a stranger can recompute with SHA-256 and JSON alone."""

from collections.abc import Mapping
from hashlib import sha256
from json.encoder import encode_basestring
from operator import itemgetter

GENESIS = "0" * 64
"""The previous hash of a case's first event."""

HASHED_COLUMNS = (
    "case_id",
    "seq",
    "at",
    "actor_id",
    "role",
    "action",
    "from_state",
    "to_state",
    "procedure_digest",
    "command_key",
    "data",
    "facts",
    "previous_hash",
)
"""Every column of an event but its hash."""

# The text below equals canonical_json(line) and saves a third of its time on the hot path; a test compares the two.
_SORTED = sorted(HASHED_COLUMNS)
_TEXT = "{" + ",".join(f'"{column}":%s' for column in _SORTED) + "}"
_values = itemgetter(*_SORTED)


def event_hash(previous_hash: str, line: Mapping[str, object]) -> str:
    """SHA-256, in hex, of the previous hash followed by the canonical JSON of the line's hashed columns.

    `line` holds the raw stored values: `at` as its text, `data` and `facts` as their JSON texts. Raises KeyError for a missing column.
    """
    texts = [
        encode_basestring(value) if value.__class__ is str else "null" if value is None else str(value)
        for value in _values(line)
    ]
    return sha256((previous_hash + _TEXT % tuple(texts)).encode("utf-8", "surrogatepass")).hexdigest()

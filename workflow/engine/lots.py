"""Drawing lots: an order nobody chose, which everybody can work out again from a public value."""

from collections.abc import Iterable
from hashlib import sha256


def lot_of(seed: str, name: str) -> str:
    """The lot of a name: the SHA-256 of the seed, a space and the name, hexadecimal. The smaller comes first."""
    return sha256(f"{seed} {name}".encode()).hexdigest()


def drawn(seed: str, names: Iterable[str]) -> list[str]:
    """Names in the order drawn.

    Each lot depends on the seed and its own name alone: whoever is drawn again later, among those left, comes in the
    same order.
    """
    return sorted(names, key=lambda name: (lot_of(seed, name), name))

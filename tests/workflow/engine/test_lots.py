"""A lot is an order anybody can work out again, and the same among those left."""

from hashlib import sha256

from workflow.engine.lots import drawn

NAMES = [f"CA-2026-0001-{number}" for number in range(1, 41)]


def test_the_order_is_that_of_the_hashes_of_seed_and_name() -> None:
    seed = "7 12 19 23 41 44"
    by_hand = sorted(NAMES, key=lambda name: sha256(f"{seed} {name}".encode()).hexdigest())
    assert drawn(seed, reversed(NAMES)) == by_hand != NAMES


def test_who_is_left_comes_in_the_same_order_and_another_seed_gives_another() -> None:
    order = drawn("seed", NAMES)
    assert drawn("seed", order[5:]) == order[5:]
    assert drawn("seed.", NAMES) != order


def test_every_name_comes_first_about_as_often() -> None:
    firsts = [drawn(f"seed {number}", NAMES[:4])[0] for number in range(2_000)]
    assert all(420 < firsts.count(name) < 580 for name in NAMES[:4])

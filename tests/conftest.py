"""What every test may ask for; each family of fixtures lives in its own module."""

pytest_plugins = [
    "tests.fixtures.closed_world",
    "tests.fixtures.collecting",
    "tests.fixtures.memory",  # before whoever imports it
    "tests.fixtures.databases",
    "tests.fixtures.districts",
    "tests.fixtures.procedures",
    "tests.fixtures.templates",
    "tests.fixtures.mail",
    "tests.fixtures.serving",
    "tests.fixtures.snapshots",
    "tests.fixtures.browsers",
    "tests.fixtures.node",
]

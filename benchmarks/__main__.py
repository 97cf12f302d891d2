"""`./run bench [step|inbox|sweep|web|memory|language|sandbox]`: measures and prints; each bench is a module here with a function `run`."""

import importlib
import json as json_text
import pkgutil
from typing import Any

import click

import benchmarks

BENCHES = ("step", "inbox", "sweep", "web", "memory", "language", "sandbox")
"""In the order they run; a module of the same name measures each."""


def available() -> tuple[str, ...]:
    """The benches that are there."""
    found = {module.name for module in pkgutil.iter_modules(benchmarks.__path__)}
    return tuple(name for name in BENCHES if name in found)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument(
    "names", nargs=-1, metavar="[step|inbox|sweep|web|memory|language|sandbox]", type=click.Choice(available())
)
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--database", "database_url", help="An empty database to measure on; both kinds, freshly made, otherwise."
)
def main(names: tuple[str, ...], *, is_json: bool, database_url: str | None) -> None:
    """Measure each figure beside its floor, in the same run."""
    results: dict[str, Any] = {}
    for name in names or available():
        module = importlib.import_module(f"{benchmarks.__name__}.{name}")
        entries = module.run(database_url, json=is_json)
        results |= entries
        if not is_json:
            for key, entry in entries.items():
                click.echo(f"{key}: " + ", ".join(f"{label} {value}" for label, value in entry.items()))
    if is_json:
        click.echo(json_text.dumps(results, indent=2))


if __name__ == "__main__":
    main(prog_name="./run bench")

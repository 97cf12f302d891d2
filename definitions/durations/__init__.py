"""What simulations of shipped procedures assume, one YAML file by the procedure's key; without one everything is usual."""

from pathlib import Path

FOLDER = Path(__file__).parent


def durations_of(key: str) -> Path | None:
    """The file of a procedure, where there is one."""
    path = FOLDER / f"{key}.yaml"
    return path if path.is_file() else None

"""Fragments: stages, forms, roles and sources that several procedures share, laid into each as if they stood there."""

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from workflow.procedure.findings import Finding, Unsound, first_of, listed
from workflow.procedure.source import Source, read_source

SECTIONS = ("sources", "roles", "categories", "forms", "actions", "stages")
"""What a fragment may bring."""
OWN_KEYS = ("fragment", "about")


def with_fragments(source: Source, fragments: Mapping[str, FilePath]) -> Source:
    """The definition with everything that the fragments it uses bring, each place remembering the file it stands in.

    Raises Unsound for a fragment that does not exist or is none, and for a name that both have.
    """
    used = source.value.get("uses", ())
    names = (used,) if isinstance(used, str) else tuple(used) if isinstance(used, list) else ()
    faults: list[Finding] = []
    for name in names:
        if not isinstance(name, str) or name not in fragments:
            allowed = listed(fragments) or "–"
            faults.append(source.finding(("uses",), "unknown_fragment", fragment=str(name), allowed=allowed))
            continue
        file = fragments[name]
        faults += _lay_in(source, read_source(file.read_text(encoding="utf-8"), str(file)))
    if faults:
        raise Unsound(first_of(faults))
    return source


def _lay_in(source: Source, fragment: Source) -> list[Finding]:
    faults = []
    for section, brought in fragment.value.items():
        if section in OWN_KEYS:
            continue
        if section not in SECTIONS or not isinstance(brought, dict):
            allowed = ", ".join((*OWN_KEYS, *SECTIONS))
            faults.append(fragment.finding((section,), "unknown_key", key=section, allowed=allowed, near=""))
            continue
        own = source.value.setdefault(section, {})
        for key, value in brought.items() if isinstance(own, dict) else ():
            if key in own:
                faults.append(source.finding((section, key), "fragment_collision", key=key, file=fragment.file))
            else:
                own[key] = value
                _remember(source, fragment, (section, key))
    return faults


def _remember(source: Source, fragment: Source, place: tuple[Any, ...]) -> None:
    source.files[place] = fragment.file
    source.lines.update({path: line for path, line in fragment.lines.items() if path[: len(place)] == place})

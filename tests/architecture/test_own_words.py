"""The project speaks of itself alone, and everything it stands on may be used."""

import re
from importlib import metadata

from tests.architecture.house import HOME, tracked

# Written apart so that this file does not hold what it looks for.
FOREIGN = [
    re.compile("/" + r"work/(main|shared|\.)"),
    re.compile("/" + r"tmp/w\b"),
    re.compile("/" + r"(home|Users|root)/[a-z.]"),
    re.compile("/" + r"opt/pypi"),
    re.compile(r"\bcl" + r"aude\b", re.IGNORECASE),
    re.compile(r"\b(co)?pil" + r"ot\b|\bchat" + r"gpt\b|\bopen" + r"ai\b|\banth" + r"ropic\b", re.IGNORECASE),
    re.compile("index-" + "url|find-" + "links"),
]
ALLOWED_LICENCES = (
    "MIT",
    "BSD",
    "Apache",
    "ISC",
    "PSF",
    "Python Software Foundation",
    "MPL",
    "Mozilla",
    "LGPL",
    "zlib",
    "0BSD",
    "Unlicense",
    "Zope Public License",
)
"""Permissive licences, and weak copyleft of libraries that are used unchanged."""
LICENCE_PHRASES = {"This software is provided 'as-is', without any express or implied warranty.": "zlib"}
STRONG_COPYLEFT = re.compile(r"(?<!L)\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)


def _text(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_place_where_it_was_written():
    found = {
        f"{path.relative_to(HOME)}: {match.group()}"
        for path in tracked()
        for pattern in FOREIGN
        for match in [pattern.search(_text(path))]
        if match
    }
    assert found == set()


def _required():
    """Distributions that requirements.txt installs here."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", (HOME / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    installed = {re.sub(r"[-_.]+", "-", found.name).lower(): found for found in metadata.distributions() if found.name}
    return {name: installed[name.lower()] for name in names if name.lower() in installed}


def _licence(found):
    data = found.metadata
    classifiers = [line.rpartition("::")[2].strip() for line in data.get_all("Classifier", []) if "License ::" in line]
    named = [data.get("License-Expression") or "", *classifiers, (data.get("License") or "").strip().partition("\n")[0]]
    return " ".join(named).strip() or _licence_by_its_text(found)


def _licence_by_its_text(found):
    """For a distribution that names no licence and only carries one."""
    texts = " ".join(" ".join(path.read_text().split()) for path in found.files or () if path.name == "LICENSE")
    return next((name for phrase, name in LICENCE_PHRASES.items() if phrase in texts), "")


def test_licences_of_everything_required_are_allowed():
    required = _required()
    assert len(required) > 20, "the requirements are not installed: nothing was looked at"
    unknown = {
        name: licence
        for name, found in required.items()
        if not any(word in (licence := _licence(found)) for word in ALLOWED_LICENCES) or STRONG_COPYLEFT.search(licence)
    }
    assert unknown == {}


def test_every_requirement_is_locked_with_hashes():
    for name in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.split(r"\n(?=[A-Za-z0-9])", (HOME / name).read_text(encoding="utf-8"))
        loose = [block.partition("\n")[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
        assert loose == []


def test_every_wanted_package_is_locked():
    for name in ("requirements", "requirements-dev"):
        wanted = re.findall(r"^([A-Za-z0-9_.-]+)", (HOME / f"{name}.in").read_text(encoding="utf-8"), re.MULTILINE)
        lock = (HOME / f"{name}.txt").read_text(encoding="utf-8").lower()
        missing = [
            word for word in wanted if word != "-c" and f"\n{re.sub(r'[_.]', '-', word.lower())}==" not in f"\n{lock}"
        ]
        assert missing == []

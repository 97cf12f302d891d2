"""Document templates: the texts of papers that cases make, kept with the version, and what their placeholders may name."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, Protocol

from pydantic import Field

from workflow.procedure.findings import Path
from workflow.procedure.parts import Key, Part, Words
from workflow.procedure.source import Source, read_file, read_source

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*\??)\}")
NAMES: Mapping[str, str] = {
    "case.reference": "reference of the case",
    "case.title": "post or matter of a case that is about one",
    "case.category": "category of the case",
    "procedure.title": "title of the procedure",
    "round.title": "title of the round",
    "body.title": "body of the case",
    "actor.name": "who takes the step",
    "today": "the day it is made",
    "notice.ends_date": "last day of the public notice that begins with the step",
    "notice.working_days": "length of that notice",
    "person.name": "name of the person",
    "person.sex": "sex",
    "person.nationality": "nationality",
    "person.birth_month": "year and month of birth",
    "person.political_status": "political status",
    "person.education": "education",
    "person.work_start_date": "year and month of starting work",
    "person.post": "present posts with their organizations",
}
"""What a placeholder may name beside answers (`form.FORM.KEY`), `votes.…` and `outcome.…`."""
FAMILIES = ("form", "votes", "outcome")
CODED: Mapping[str, str] = {
    "person.sex": "sex",
    "person.nationality": "nationality",
    "person.political_status": "political_status",
    "person.education": "education",
}
"""Placeholder → the code table whose words stand for its value."""
LANGUAGES = ("en", "zh")


class DocumentBody(Part):
    """The text of a paper in both languages, a line for each paragraph, with `{placeholders}`.

    `# ` and `## ` begin headings, `- ` an entry of a list, `| ` a row of a table with ` | ` between its cells, `> ` a line at
    the right, for who signs. A line with `{name?}` is left out where nothing is known of it.
    """

    en: str = Field(min_length=1, max_length=50_000)
    """In English."""
    zh: str = Field(min_length=1, max_length=50_000)
    """In Chinese."""

    def text(self, language: str) -> str:
        """The text in a language."""
        return self.zh if language == "zh" else self.en


class DocumentTemplate(Part):
    """A paper that the effect `document` makes: here, or in `definitions/documents`, from which it is taken when it is named."""

    title: Words
    body: DocumentBody
    """What it says."""
    codes: dict[Key, dict[str, Words]] = Field(default_factory=dict)
    """Words of the code tables its placeholders need, written in when the definition is read."""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Every name in it, each once, without the mark that a line may be left out."""
        texts = (self.body.en, self.body.zh)
        return tuple(dict.fromkeys(name.rstrip("?") for text in texts for name in PLACEHOLDER.findall(text)))

    @property
    def lines(self) -> Iterator[tuple[Path, str]]:
        """Every line with its place in the body."""
        for language in LANGUAGES:
            for number, line in enumerate(self.body.text(language).splitlines()):
                yield (language, number), line


class Office(Protocol):
    """Where templates and code tables come from."""

    @property
    def codes(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """Code table → code → words."""

    @property
    def documents(self) -> Mapping[str, FilePath]:
        """Key → file of a template."""


def with_documents(source: Source, office: Office) -> Source:
    """The definition with every template its effects name, each place remembering file and line. Raises Unsound."""
    named = sorted(set(_named_in(source.value)))
    if not named and "documents" not in source.value:
        return source
    own = source.value.setdefault("documents", {})
    if not isinstance(own, dict):
        return source
    for key in named:
        if key in office.documents and key not in own:
            _lay_in(source, key, read_source(read_file(office.documents[key]), str(office.documents[key])))
    for key, template in own.items():
        if isinstance(template, dict) and isinstance(template.get("body"), dict):
            _complete(source, key, template, office)
    if not own:
        del source.value["documents"]
    return source


def _named_in(value: Any) -> Iterator[str]:
    """Every template that an effect `document` names, in its short or its long form."""
    if isinstance(value, list):
        for item in value:
            yield from _named_in(item)
    for key, item in value.items() if isinstance(value, dict) else ():
        params = item if key == "document" else value.get("params") if item == "document" and key == "name" else None
        if isinstance(params, dict) and isinstance(params.get("template"), str):
            yield params["template"]
        yield from _named_in(item)


def _lay_in(source: Source, key: str, brought: Source) -> None:
    source.value["documents"][key] = {name: item for name, item in brought.value.items() if name != "document"}
    place: Path = ("documents", key)
    source.files[place] = brought.file
    source.lines.update({(*place, *path): line for path, line in brought.lines.items()})


def _complete(source: Source, key: str, template: dict[str, Any], office: Office) -> None:
    """Remembers the line of every line of the text, and writes in the words of the codes it needs."""
    needed: set[str] = set()
    for language, text in template["body"].items():
        place: Path = ("documents", key, "body", language)
        lines = text.splitlines() if isinstance(text, str) else []
        is_block = isinstance(text, str) and "\n" in text  # its first line stands below its key
        first = source.line(place) + is_block
        source.lines.update({(*place, number): first + number for number in range(len(lines))})
        needed |= {name.rstrip("?") for line in lines for name in PLACEHOLDER.findall(line)} & CODED.keys()
    tables = sorted({CODED[name] for name in needed} & office.codes.keys())
    if tables and "codes" not in template:
        template["codes"] = {table: dict(office.codes[table]) for table in tables}

"""Rule packs: the articles of one set of rules, with their texts in both languages and from when to when they hold."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from workflow.procedure.findings import Unsound
from workflow.procedure.parts import Part, Words
from workflow.procedure.source import read_file, read_source

PACK_PATTERN = r"^[a-z0-9-]+$"
NUMBER, TEXT = "{article}", "{text}"


def _day(value: Any) -> Any:
    """An ISO date of the file, which is text there and in the canonical form."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise PydanticCustomError("day", "a day is written like 2019-03-03") from None


def _confidence(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("confidence", "confidence is a number between 0 and 1, like 0.8") from None


Day = Annotated[date, BeforeValidator(_day)]
PackKey = Annotated[str, Field(pattern=PACK_PATTERN, max_length=60)]


class Article(Words):
    """What an article says, in short, and from when to when it is valid.

    `confidence` is how sure the office is, where the article was not read in a text of the rules (0 to 1).
    """

    valid_from: Day | None = None
    """The first day it is valid; it always was where none stands."""
    valid_until: Day | None = None
    """The last day it is valid."""
    confidence: Annotated[float, BeforeValidator(_confidence), Field(ge=0, le=1)] | None = None

    @model_validator(mode="after")
    def _from_before_until(self) -> "Article":
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise PydanticCustomError("validity", "valid_until lies before valid_from")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether the article is valid on a day."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


class RulePack(Part):
    """A set of rules as one file: who issued it, where its texts were taken from, and its articles by number."""

    rules: PackKey
    title: Words
    issuer: Words
    source: Words
    """Where the texts come from, and how far they were checked."""
    cited_as: Words
    """How an article is quoted, with `{article}` for its number and `{text}` for what it says."""
    valid_from: Day | None = None
    valid_until: Day | None = None
    """Hold for every article that names no days of its own."""
    articles: dict[Annotated[str, Field(pattern=r"^[a-z0-9.-]+$", max_length=40)], Article] = Field(min_length=1)

    @model_validator(mode="after")
    def _quotes_both(self) -> "RulePack":
        for text in (self.cited_as.en, self.cited_as.zh):
            if NUMBER not in text or TEXT not in text:
                raise PydanticCustomError("cited_as", "cited_as needs {article} and {text} in both languages")
        return self

    def quoted(self, number: str) -> Article:
        """An article as a procedure keeps it: with the name of its rules, and its days. Raises KeyError."""
        article = self.articles[number]

        def full(pattern: str, text: str) -> str:
            return pattern.replace(NUMBER, number).replace(TEXT, text)

        return article.model_copy(
            update={
                "en": full(self.cited_as.en, article.en),
                "zh": full(self.cited_as.zh, article.zh),
                "valid_from": article.valid_from or self.valid_from,
                "valid_until": article.valid_until or self.valid_until,
            }
        )


def load_pack(path: Path) -> RulePack:
    """The pack in a file. Raises Unsound with every fault found."""
    return parse_pack(read_file(path), str(path))


def parse_pack(text: str, file: str) -> RulePack:
    """The pack in a text; `file` is the name findings carry. Raises Unsound."""
    source = read_source(text, file)
    try:
        return RulePack.model_validate(source.value)
    except ValidationError as error:
        raise Unsound(tuple(source.worded(fault) for fault in error.errors())) from error

"""Cases from the command line: what became of the articles a case rests on."""

import json
from datetime import datetime
from typing import Any

import click

from definitions.explaining import words
from web.opening import open_database
from workflow.cases.articles import ArticleLine, CaseArticles, articles_by_reference
from workflow.context import CLOCK, OFFICE_ZONE, Context
from workflow.problems import Missing


@click.group()
def command() -> None:
    """Cases in the database that SELECTION_DATABASE_URL names."""


@command.command()
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of texts.")
def articles(reference: str, lang: str, *, as_json: bool) -> None:
    """Each article the case REFERENCE rests on: kept by which record, missing, late, set aside, or not applicable."""
    with open_database().reading() as session:
        context = Context(session, CLOCK, datetime.now(OFFICE_ZONE))
        try:
            found = articles_by_reference(context, reference)
        except Missing:
            raise click.ClickException(f"There is no case {reference}.") from None
    if as_json:
        click.echo(json.dumps(_whole(found), ensure_ascii=False))
        return
    for line in found.lines:
        records = " ".join(f"#{seq}" for seq in line.events)
        click.echo(f"{line.standing:<15} {line.key:<26} {records:<16} {words(line.text, lang)}")


def _whole(found: CaseArticles) -> dict[str, Any]:
    return {
        "reference": found.case.reference,
        "state": found.case.state,
        "procedure": found.procedure.procedure,
        "articles": [_article(line) for line in found.lines],
    }


def _article(line: ArticleLine) -> dict[str, Any]:
    return {
        "article": line.key,
        "standing": line.standing,
        "events": list(line.events),
        "due_at": line.due_at.isoformat() if line.due_at else None,
        "waived_by": line.waived_by.zh if line.waived_by else None,
        "reason": line.reason or None,
        "text": {"en": line.text.en, "zh": line.text.zh},
        "confidence": line.text.confidence,
    }

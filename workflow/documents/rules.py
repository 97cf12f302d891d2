"""How a template becomes the text of a document: a few marks at the beginning of lines, everything that is filled in escaped."""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date
from html import escape
from itertools import groupby
from typing import Any

from workflow.procedure.documents import PLACEHOLDER
from workflow.procedure.forms import Column, Form, FormField
from workflow.procedure.model import Procedure

UNKNOWN = "—"
MARKS = ("## ", "# ", "- ", "| ", "> ")
SEPARATORS = {"en": ", ", "zh": "、"}
YES_NO = {"en": ("no", "yes"), "zh": ("否", "是")}
MONTHS = ("", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip
STYLE = (
    "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:16px/1.7 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}"
    "h1{text-align:center;font-size:1.4rem}h2{font-size:1.1rem}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid;padding:.3rem .6rem;text-align:left;vertical-align:top}th{width:12rem;font-weight:normal}"
    ".sign{text-align:right}footer{margin-top:3rem;font-size:.8rem}"
)
"""Looks of the file that is taken away; on our own pages the stylesheet of documents stands in its place."""
BEGINS, ENDS = "<main>\n", "</main>\n"

Value = str | None
Lookup = Callable[[str], Value]
"""What a placeholder stands for, as text of the language; None where nothing is known."""


def document_file(body: str, lookup: Lookup, *, language: str, title: str, foot: str) -> str:
    """The whole document as an HTML file that can be kept and printed by itself."""
    lang = {"zh": "zh-CN"}.get(language, language)
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{BEGINS}{render(body, lookup)}{ENDS}<footer>{escape(foot)}</footer>\n</body>\n</html>\n"
    )


def content_of(file: str) -> str:
    """The part of a document's file that is its text, its headings one step lower: on our page they stand below another."""
    text = file[file.index(BEGINS) + len(BEGINS) : file.rindex(ENDS)]
    for tag, lower in (("h2", "h3"), ("h1", "h2")):
        text = text.replace(f"<{tag}>", f"<{lower}>").replace(f"</{tag}>", f"</{lower}>")
    return text


def digest_of(file: str) -> str:
    """SHA-256 of the file's bytes, hexadecimal: what `sha256sum` says of it."""
    return hashlib.sha256(file.encode()).hexdigest()


def render(body: str, lookup: Lookup) -> str:
    """The text of a template as HTML; what is filled in is never markup, whatever it holds."""
    filled = [(mark, line) for mark, line in map(_marked, body.splitlines()) if _is_kept(line, lookup)]
    return "".join(_block(mark, [line for _, line in lines], lookup) for mark, lines in _blocks(filled))


def _marked(line: str) -> tuple[str, str]:
    stripped = line.strip()
    mark = next((mark for mark in MARKS if stripped.startswith(mark)), "")
    return mark, stripped.removeprefix(mark)


def _is_kept(line: str, lookup: Lookup) -> bool:
    """Whether everything is known without which the line is left out."""
    return all(lookup(name.rstrip("?")) for name in PLACEHOLDER.findall(line) if name.endswith("?"))


def _blocks(lines: list[tuple[str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Lines that belong together: entries of one list, rows of one table, lines of one paragraph."""
    for (mark, is_blank), together in groupby(lines, key=lambda one: (one[0], not one[0] and not one[1])):
        found = list(together)
        if mark in {"# ", "## ", "> "}:
            yield from ((mark, [one]) for one in found)
        elif not is_blank:
            yield mark, found


def _block(mark: str, lines: list[str], lookup: Lookup) -> str:
    texts = [_filled(line, lookup) for line in lines]
    if mark == "- ":
        return "<ul>\n" + "".join(f"<li>{text}</li>\n" for text in texts) + "</ul>\n"
    if mark == "| ":
        return "<table>\n" + "".join(_row(line, lookup) for line in lines) + "</table>\n"
    if mark in {"# ", "## "}:
        tag = "h1" if mark == "# " else "h2"
        return f"<{tag}>{texts[0]}</{tag}>\n"
    if mark == "> ":
        return f'<p class="sign">{texts[0]}</p>\n'
    return "<p>" + "<br>\n".join(texts) + "</p>\n"


def _row(line: str, lookup: Lookup) -> str:
    head, *cells = re.split(r"\s*\|\s*", line.strip().removesuffix("|").strip())
    filled = "".join(f"<td>{_filled(cell, lookup)}</td>" for cell in cells)
    return f'<tr><th scope="row">{_filled(head, lookup)}</th>{filled}</tr>\n'


def _filled(line: str, lookup: Lookup) -> str:
    """The line with its values; both escaped, new lines within a value kept."""
    parts: list[str] = []
    end = 0
    for found in PLACEHOLDER.finditer(line):
        parts.append(escape(line[end : found.start()]))
        parts.append("<br>\n".join(escape(part) for part in (lookup(found[1].rstrip("?")) or UNKNOWN).splitlines()))
        end = found.end()
    return "".join((*parts, escape(line[end:])))


def day_text(day: date, language: str) -> str:
    """A day as the language writes it."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS[day.month]} {day.year}"


def month_text(day: date, language: str) -> str:
    """A month as the language writes it."""
    return f"{day.year}年{day.month}月" if language == "zh" else f"{MONTHS[day.month]} {day.year}"


def answer_text(field: FormField | Column, answer: Any, language: str, names: Callable[[str, Any], str]) -> Value:
    """An answer in words; `names` gives those of accounts, people and bodies by their ids."""
    if answer is None or answer == []:
        return None
    if isinstance(answer, bool):
        return YES_NO[language][answer]
    if field.type in {"choice", "choices"}:
        codes = answer if isinstance(answer, list) else [answer]
        shown = [getattr(field.options[code], language) if code in field.options else str(code) for code in codes]
        return SEPARATORS[language].join(shown)
    if field.type == "date":
        return day_text(date.fromisoformat(answer), language)
    if field.type in {"accounts", "person", "body"}:
        ids = answer if isinstance(answer, list) else [answer]
        return SEPARATORS[language].join(names(field.type, one) for one in ids)
    if field.type == "file":
        return SEPARATORS[language].join(line["name"] for line in answer)
    if isinstance(field, FormField) and field.type == "rows":
        return "\n".join(_row_text(field, row, language, names) for row in answer)
    return (
        f"{answer} {getattr(field.unit, language)}"
        if field.unit and language == "en"
        else (f"{answer}{field.unit.zh}" if field.unit else str(answer))
    )


def _row_text(field: FormField, row: dict[str, Any], language: str, names: Callable[[str, Any], str]) -> str:
    cells = [answer_text(column, row.get(key), language, names) for key, column in field.columns.items()]
    return SEPARATORS[language].join(cell for cell in cells if cell)


def readers_of_answers(procedure: Procedure, placeholders: tuple[str, ...]) -> list[list[str]]:
    """For each answer in a document that not everybody may read: the roles that may."""
    found: list[list[str]] = []
    for name in placeholders:
        family, _, rest = name.partition(".")
        form, _, key = rest.partition(".")
        if family == "form" and form in procedure.forms and key in procedure.forms[form].fields:
            readers = _readers(procedure.forms[form], key)
            found += [readers] if readers and readers not in found else []
    return found


def _readers(form: Form, key: str) -> list[str]:
    return sorted(form.fields[key].visible_to or form.visible_to)

"""A template's marks become structure, and whatever is filled in stays text."""

from datetime import date

import html5lib
import pytest

from workflow.documents.rules import content_of, day_text, digest_of, document_file, month_text, render

VALUES = {"person.name": "温朗", "form.a.b": "<b>bold</b> & more\n# no heading\n| no | row |", "case.title": None}
BODY = """\
# Report on {person.name}
## Part
| Name | {person.name} |
| Said | {form.a.b} |
- one
- two {person.name}

First line
second line

Title: {case.title?}
Known: {case.title}
> {person.name}
"""


def rendered() -> str:
    return render(BODY, VALUES.get)


def test_marks_become_structure() -> None:
    assert rendered() == (
        "<h1>Report on 温朗</h1>\n<h2>Part</h2>\n"
        '<table>\n<tr><th scope="row">Name</th><td>温朗</td></tr>\n'
        '<tr><th scope="row">Said</th><td>&lt;b&gt;bold&lt;/b&gt; &amp; more<br>\n# no heading<br>\n| no | row |</td></tr>\n</table>\n'
        "<ul>\n<li>one</li>\n<li>two 温朗</li>\n</ul>\n"
        "<p>First line<br>\nsecond line</p>\n<p>Known: —</p>\n"
        '<p class="sign">温朗</p>\n'
    )


@pytest.mark.parametrize(
    "hostile", ["<script>x</script>", "</main>", "</table><h1>", "{person.name}", "&lt;", '"><img>']
)
def test_what_is_filled_in_is_never_markup(hostile: str) -> None:
    file = document_file(
        "# {person.name}\n| a | {person.name} |", lambda _: hostile, language="en", title=hostile, foot=hostile
    )
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(file)
    assert tree.find(".//h1").text == hostile
    assert tree.find(".//td").text == hostile
    assert [element.tag for element in tree.find(".//main")] == ["h1", "table"]
    assert content_of(file).startswith("<h2>")


def test_the_hash_is_that_of_the_bytes() -> None:
    assert digest_of("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def test_days_are_written_as_the_language_writes_them() -> None:

    assert (day_text(date(2026, 9, 3), "zh"), day_text(date(2026, 9, 3), "en")) == ("2026年9月3日", "3 September 2026")
    assert (month_text(date(2026, 9, 3), "zh"), month_text(date(2026, 9, 3), "en")) == ("2026年9月", "September 2026")

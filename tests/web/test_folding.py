"""What a template calls with literals is worked out once; what it calls with anything else, every time."""

from collections import Counter

import pytest
from flask import Flask
from jinja2 import DictLoader
from markupsafe import Markup

from web.folding import PageEnvironment

OTHER = "{% macro said(text) %}mine {{ text }}{% endmacro %}{% set say = said %}"


@pytest.fixture
def calls() -> Counter[str]:
    return Counter()


@pytest.fixture
def environment(calls: Counter[str]) -> PageEnvironment:
    def say(text: str, **_named: str) -> Markup:
        calls[text] += 1
        return Markup("<b>{}</b>").format(text)

    def bare(text: str) -> str:
        calls[text] += 1
        return f"<{text}>"

    made = PageEnvironment(Flask(__name__), loader=DictLoader({"other": OTHER}), autoescape=True)
    made.globals.update(say=say, bare=bare)
    made.foldable = {"say": say, "bare": bare}
    return made


def drawn(environment: PageEnvironment, source: str, times: int = 3, **values: str) -> str:
    template = environment.from_string(source)
    answers = {template.render(**values) for _ in range(times)}
    assert len(answers) == 1
    return answers.pop()


def test_literals_are_said_once_and_other_values_every_time(environment: PageEnvironment, calls: Counter[str]) -> None:
    source = '{{ say("once") }}{{ say("once", kind="x") }}{{ say(name) }}{% set kept = say("kept") %}{{ kept }}'
    assert drawn(environment, source, name="each") == "<b>once</b><b>once</b><b>each</b><b>kept</b>"
    assert calls == {"once": 2, "each": 3, "kept": 1}


def test_markup_stays_and_plain_text_is_escaped(environment: PageEnvironment) -> None:
    assert drawn(environment, '{{ say("<") }}{{ bare("i") }}') == "<b>&lt;</b>&lt;i&gt;"


@pytest.mark.parametrize(
    "source",
    [
        '{% macro say(text) %}mine {{ text }}{% endmacro %}{{ say("x") }}',
        '{% set say = mine %}{{ say("x") }}',
        '{% macro outer(say) %}{{ say("x") }}{% endmacro %}{{ outer(mine) }}',
        '{% from "other" import say %}{{ say("x") }}',
        '{% from "other" import said as say %}{{ say("x") }}',
        '{% for say in [mine] %}{{ say("x") }}{% endfor %}',
    ],
)
def test_a_name_the_template_gives_another_meaning_is_left_alone(environment: PageEnvironment, source: str) -> None:
    environment.globals["mine"] = lambda text: f"mine {text}"
    assert drawn(environment, source) == "mine x"

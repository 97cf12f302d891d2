"""Limits of a question count what its answer is made of: people and choices, not the numbers that stand for them."""

from typing import Any

import pytest

from workflow.engine.forms import check_form
from workflow.problems import Invalid
from workflow.procedure.forms import Form

WORDS = {"en": "Some", "zh": "某些"}
FORM = Form.model_validate(
    {
        "title": WORDS,
        "fields": {
            "people": {"type": "accounts", "holders_of": "clerk", "at_least": 2, "at_most": 3, "title": WORDS},
            "ways": {"type": "choices", "options": dict.fromkeys("abc", WORDS), "at_most": 2, "title": WORDS},
            "one": {"type": "person", "at_most": 1, "title": WORDS},
        },
    }
)


def test_so_many_people_and_choices_are_taken_whatever_their_numbers() -> None:
    values = check_form(FORM, {"people": [71, 904], "ways": ["a", "c"], "one": 312})
    assert values == {"people": [71, 904], "ways": ["a", "c"], "one": 312}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"people": [71]}, "field_too_few"),
        ({"people": [1, 2, 3, 4]}, "field_too_many"),
        ({"ways": ["a", "b", "c"]}, "field_too_many"),
    ],
)
def test_fewer_or_more_are_refused(typed: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_form(FORM, typed)
    assert [problem.code for problem in refused.value.problems] == [code]

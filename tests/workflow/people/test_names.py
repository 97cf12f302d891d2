"""Names in Latin letters and in the order of official lists, the hard ones among them."""

import pytest

from workflow.people.names import latin_name, pinyin_key, strokes_key


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("温朗", "Wen Lang"),
        ("欧阳明华", "Ouyang Minghua"),
        ("古丽娜尔·艾山", "Gulinaer Aishan"),
        ("古丽娜尔•艾山", "Gulinaer Aishan"),
        ("詹㼆", "Zhan Ying"),
        ("章𬍛", "Zhang Li"),
    ],
)
def test_latin_name(name: str, latin: str) -> None:
    assert latin_name(name) == latin


def test_a_name_with_a_middle_dot_sorts_by_its_first_character() -> None:
    assert strokes_key("古丽娜尔·艾山").startswith("05古")
    assert pinyin_key("古丽娜尔·艾山") == "gu li na er ai shan"


def test_same_names_have_the_same_place() -> None:
    assert strokes_key("温朗") == strokes_key("温朗") < strokes_key("温𬍛")

"""Names stand in lists by the strokes of the surname and are written in Latin letters with surnames read as surnames."""

import pytest

from workflow.people.names import FILE, latin_name, pinyin_key, strokes_key, surname_of
from workflow.procedure.source import read_source

MOST_COMMON = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤赖宁项"
)
COMPOUND = ("欧阳", "司马", "诸葛", "上官", "令狐", "东方", "公孙", "尉迟", "长孙")


@pytest.mark.parametrize(
    ("name", "surname"),
    [("温朗", "温"), ("欧阳明华", "欧阳"), ("欧阳", "欧"), ("司马", "司"), ("令狐书", "令狐"), ("丁", "丁"), ("", "")],
)
def test_two_characters_are_a_surname_only_where_a_given_name_is_left(name: str, surname: str) -> None:
    assert surname_of(name) == surname


@pytest.mark.parametrize(
    ("character", "strokes"),
    [
        ("丁", 2), ("于", 3), ("王", 4), ("石", 5), ("江", 6), ("汤", 6), ("李", 7), ("邱", 7), ("茅", 8), ("荀", 9),
        ("项", 9), ("高", 10), ("屠", 11), ("温", 12), ("赖", 13), ("裘", 13), ("谭", 14), ("潘", 15), ("薛", 16),
        ("魏", 17), ("瞿", 18), ("籍", 20),
    ],
)  # fmt: skip
def test_a_surname_counts_the_strokes_of_its_simplified_form(character: str, strokes: int) -> None:
    assert strokes_key(f"{character}朗").startswith(f"{strokes:02d}{character}")


@pytest.mark.parametrize("surname", [*MOST_COMMON, *COMPOUND])
def test_no_common_surname_stands_among_the_unknown_ones(surname: str) -> None:
    assert surname_of(f"{surname}朗") == surname
    assert not strokes_key(f"{surname}朗").startswith("99")


def test_every_surname_with_a_reading_has_its_strokes_and_stands_once() -> None:
    source = read_source(FILE.read_text(encoding="utf-8"), FILE.name).value
    assert [surname for surname in source["readings"] if strokes_key(f"{surname}朗").startswith("99")] == []
    counted = "".join(source["strokes"].values())
    assert sorted(character for character in set(counted) if counted.count(character) > 1) == []


def test_official_lists_go_by_strokes_then_by_surname_then_by_the_given_names_reading() -> None:
    wanted = ["丁一", "王辰", "温安", "温朗", "欧阳明", "戴文", "龘文"]
    wanted.sort(key=strokes_key)
    assert wanted == ["丁一", "王辰", "欧阳明", "温安", "温朗", "戴文", "龘文"]


@pytest.mark.parametrize(
    ("name", "key"),
    [("温朗", "wen lang"), ("单田", "shan tian"), ("曾安", "zeng an"), ("尉迟恭", "yu chi gong"), ("缪安", "miao an")],
)
def test_the_key_by_reading_reads_surnames_as_surnames(name: str, key: str) -> None:
    assert pinyin_key(name) == key


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("温朗", "Wen Lang"),
        ("欧阳明华", "Ouyang Minghua"),
        ("单田", "Shan Tian"),
        ("仇书行", "Qiu Shuxing"),
        ("丁", "Ding"),
        ("古丽娜尔·艾山", "Gulinaer Aishan"),
        ("古丽娜尔•艾山", "Gulinaer Aishan"),
        ("詹㼆", "Zhan Ying"),
        ("章𬍛", "Zhang Li"),
        ("Robin Fielding", "Robin Fielding"),
    ],
)
def test_a_latin_name_is_surname_first_and_the_given_name_in_one_word(name: str, latin: str) -> None:
    assert latin_name(name) == latin


def test_a_name_with_a_middle_dot_sorts_by_its_first_character() -> None:
    assert strokes_key("古丽娜尔·艾山").startswith("05古")
    assert pinyin_key("古丽娜尔·艾山") == "gu li na er ai shan"


def test_same_names_have_the_same_place() -> None:
    assert strokes_key("温朗") == strokes_key("温朗") < strokes_key("温𬍛")

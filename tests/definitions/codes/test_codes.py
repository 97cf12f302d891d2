"""Code tables say what the standards say: every code once, with its number and words in both languages."""

import re

import pytest

from definitions.codes import FOLDER, Table, tables

NAMES = (
    "body_kind", "category", "channel", "degree", "education", "grade", "nationality", "political_status", "posting", "rank",
    "relation", "sanction", "sex", "tier",
)  # fmt: skip
LETTERS = (
    "HA MG HU ZA UG MH YI ZH BY CS MA DO YA BA TJ HN KZ DA LI LS VA SH GS LH SU DX NX JP KG TU DU ML QI BL SL MN GL XB AC PM "
    "TA NU UZ RS EW DE BN YG GI TT DR OR HZ MB LB JN"
)
"""Letter codes of GB/T 3304 in the order of its numbers."""
NUMBERS = {
    "sex": {"unknown": "0", "male": "1", "female": "2", "unstated": "9"},
    "degree": {"honorary_doctor": "1", "doctor": "2", "master": "3", "bachelor": "4"},
    "political_status": {
        "cpc": "01", "cpc_probationary": "02", "cyl": "03", "rcck": "04", "cdl": "05", "cndca": "06", "capd": "07",
        "cpwdp": "08", "zgp": "09", "js": "10", "tsl": "11", "non_affiliated": "12", "masses": "13",
    },
    "education": {
        "doctoral": "11", "master": "14", "bachelor": "21", "diploma": "31", "secondary_vocational": "41", "senior_high": "61",
        "other": "90",
    },
    "rank": {
        code: code
        for code in ("101", "102", "111", "112", "121", "122", "131", "132", "141", "142", "150", "160", "199")
    },
    "nationality": {letters.lower(): f"{number:02d}" for number, letters in enumerate(LETTERS.split(), 1)},
}  # fmt: skip


@pytest.fixture(params=NAMES)
def table(request: pytest.FixtureRequest) -> Table:
    """Each code table."""
    return tables()[request.param]


def test_every_file_of_the_folder_is_a_table() -> None:
    assert sorted(tables()) == sorted(NAMES) == sorted(path.stem for path in FOLDER.glob("*.yaml"))


def test_every_code_has_a_number_and_words_in_both_languages(table: Table) -> None:
    assert len(table) >= 3
    for code, row in table.items():
        assert re.fullmatch(r"[a-z0-9_]+", code)
        assert set(row) == {"gb", "en", "zh"}
        assert re.search(r"[\u4e00-\u9fff]", row["zh"])
        assert re.fullmatch(r"[A-Za-z][A-Za-z ,'-]*", row["en"])
        assert re.fullmatch(r"\d{0,3}", row["gb"])


def test_no_two_codes_of_a_table_share_a_number_or_words(table: Table) -> None:
    for column in ("zh", "en", "gb"):
        values = [row[column] for row in table.values() if row[column]]
        assert len(set(values)) == len(values), column


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_the_numbers_are_those_of_the_standard_in_its_order(name: str) -> None:
    assert [(code, row["gb"]) for code, row in tables()[name].items()] == list(NUMBERS[name].items())


def test_there_are_fifty_six_nationalities() -> None:
    nationalities = tables()["nationality"]
    assert len(nationalities) == 56
    assert (nationalities["ha"]["zh"], nationalities["jn"]["zh"]) == ("汉", "基诺")


def test_education_and_rank_stand_from_the_highest_down() -> None:
    # Rules that say "at least" compare by this order.
    assert list(tables()["education"])[:4] == ["doctoral", "master", "bachelor", "diploma"]
    assert list(tables()["grade"]) == ["excellent", "competent", "basically_competent", "incompetent", "none"]
    assert list(tables()["rank"]) == sorted(tables()["rank"])

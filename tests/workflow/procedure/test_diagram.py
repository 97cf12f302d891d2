"""A procedure is drawn with every stage, state and way; nothing in its texts becomes markup, nothing carries a style."""

import re
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.fixtures.office import CATALOGUE
from workflow.procedure.diagram import BOX_HEIGHT, BOX_WIDTH, Say, draw_mermaid, draw_svg, way_title
from workflow.procedure.loader import load_procedure
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words

SVG = "{http://www.w3.org/2000/svg}"
KEYS = ("reserve-official", "annual-review")
LONG = "推荐材料准备与民主推荐会议筹备"
HOSTILE = '<script>&"x":\\"</script>'


def zh(words: Words) -> str:
    return words.zh


def en(words: Words) -> str:
    return words.en


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)


def of_class(drawing: ET.Element, name: str) -> list[ET.Element]:
    return [node for node in drawing.iter() if name in (node.get("class") or "").split()]


def boxes(drawing: ET.Element) -> dict[str, ET.Element]:
    return {str(node.findtext(f"{SVG}title")): node for node in of_class(drawing, "diagram-state")}


def words_of(node: ET.Element) -> str:
    return "".join(text.text or "" for text in node.iter(f"{SVG}text")).replace(" ", "")


@pytest.fixture(params=KEYS)
def procedure(request: pytest.FixtureRequest, shipped: dict[str, Procedure]) -> Procedure:
    """Each procedure that ships."""
    return shipped[request.param]


def test_every_stage_is_a_lane_and_every_state_a_box_with_its_title(procedure: Procedure) -> None:
    drawing = parsed(draw_svg(procedure, zh))
    assert len(of_class(drawing, "diagram-lane")) == len(procedure.stages)
    drawn = boxes(drawing)
    assert list(drawn) == list(procedure.states)
    english = boxes(parsed(draw_svg(procedure, en)))
    for ref, state in procedure.states.items():
        assert words_of(drawn[ref]) == state.title.zh
        assert words_of(english[ref]) == state.title.en.replace(" ", "")
    lanes = "".join(node.text or "" for node in of_class(drawing, "diagram-stage"))
    assert lanes == "".join(stage.title.zh for stage in procedure.stages.values())


def test_boxes_lie_within_the_drawing_and_not_upon_each_other(procedure: Procedure) -> None:
    drawing = parsed(draw_svg(procedure, en))
    width, height = int(drawing.get("width") or 0), int(drawing.get("height") or 0)
    assert drawing.get("viewBox") == f"0 0 {width} {height}"
    corners = []
    for box in boxes(drawing).values():
        rect = box.find(f"{SVG}rect")
        assert rect is not None
        corners.append((int(rect.get("x") or -1), int(rect.get("y") or -1)))
    assert all(0 <= x <= width - BOX_WIDTH and 0 <= y <= height - BOX_HEIGHT for x, y in corners)
    for (x1, y1), (x2, y2) in combinations(corners, 2):
        assert abs(x1 - x2) >= BOX_WIDTH or abs(y1 - y2) >= BOX_HEIGHT


def test_two_states_are_joined_by_one_arrow_or_a_word_below_the_box(procedure: Procedure) -> None:
    joined = {(ref, target) for ref in procedure.states for _, target in procedure.targets(ref) if target != ref}
    drawing = parsed(draw_svg(procedure, zh))
    arrows = of_class(drawing, "diagram-way")
    written = [node.text or "" for node in of_class(drawing, "diagram-end")]
    assert all(text.startswith("↳ ") for text in written)
    assert len(arrows) + sum(text.count(" · ") + 1 for text in written) == len(joined)
    assert all(arrow.get("marker-end") == "url(#arrow)" for arrow in arrows)
    names = {name for arrow in arrows for name in str(arrow.findtext(f"{SVG}title")).split(", ")}
    said = {way_title(procedure, ref, name, zh) for ref in procedure.states for name, _ in procedure.targets(ref)}
    assert names <= {part for title in said for part in title.split(", ")}


def test_ways_of_one_target_share_an_arrow_and_ways_back_are_marked(shipped: dict[str, Procedure]) -> None:
    drawing = parsed(draw_svg(shipped["reserve-official"], zh))
    titles = [str(arrow.findtext(f"{SVG}title")) for arrow in of_class(drawing, "diagram-way")]
    back = [str(arrow.findtext(f"{SVG}title")) for arrow in of_class(drawing, "diagram-back")]
    assert "提交推荐" in titles
    assert set(back) >= {"退回补正", "答复并退回推荐单位"}
    assert {"提交推荐", "材料合格"}.isdisjoint(back)


def test_what_names_the_ways_is_asked_for_each(shipped: dict[str, Procedure]) -> None:
    drawing = parsed(draw_svg(shipped["reserve-official"], zh, name_way=lambda ref, name: f"{ref}!{name}"))
    titles = [str(arrow.findtext(f"{SVG}title")) for arrow in of_class(drawing, "diagram-way")]
    assert "recommendation.draft!submit" in titles


def test_a_distant_end_is_written_below_its_box(shipped: dict[str, Procedure]) -> None:
    drawing = parsed(draw_svg(shipped["reserve-official"], en))
    assert "↳ Withdrawn" in [node.text for node in of_class(drawing, "diagram-end")]


def test_where_the_case_is_and_was_is_marked_and_nothing_else(shipped: dict[str, Procedure]) -> None:
    procedure = shipped["reserve-official"]
    visited = frozenset({"recommendation.draft", "review.formal_check", "review.co_sign"})
    drawing = parsed(draw_svg(procedure, zh, current="review.co_sign", visited=visited))
    drawn = {ref: set(str(box.get("class")).split()) for ref, box in boxes(drawing).items()}
    assert [ref for ref, kinds in drawn.items() if "is-current" in kinds] == ["review.co_sign"]
    assert {ref for ref, kinds in drawn.items() if "is-visited" in kinds} == visited - {"review.co_sign"}
    assert {ref for ref, kinds in drawn.items() if "is-final" in kinds} == {
        ref for ref, state in procedure.states.items() if state.final
    }
    assert {"review.co_sign", "decision.committee"} <= {ref for ref, kinds in drawn.items() if "is-panel" in kinds}
    assert not of_class(parsed(draw_svg(procedure, zh)), "is-current")


def test_the_drawing_speaks_the_readers_language_and_has_a_name(procedure: Procedure) -> None:
    chinese, english = parsed(draw_svg(procedure, zh)), parsed(draw_svg(procedure, en))
    assert (chinese.get("role"), chinese.get("aria-label")) == ("img", procedure.title.zh)
    assert english.get("aria-label") == procedure.title.en
    assert not re.search(r"[\u4e00-\u9fff]", "".join(english.itertext()))


def test_a_strict_policy_lets_the_drawing_through(procedure: Procedure) -> None:
    drawing = parsed(draw_svg(procedure, zh, current=procedure.starts))
    attributes = {name for node in drawing.iter() for name in node.attrib}
    assert not {name for name in attributes if name in {"style", "href", "fill", "stroke"} or name.startswith("on")}
    assert {node.tag.removeprefix(SVG) for node in drawing.iter()}.isdisjoint({"script", "style", "foreignObject"})


@pytest.fixture
def hostile(shipped: dict[str, Procedure], tmp_path: Path) -> Procedure:
    """The shipped procedure with titles that would break a page or a diagram."""
    source = Path(__file__).parents[3] / "definitions" / "procedures" / "reserve-official.yaml"
    quoted = HOSTILE.replace("'", "''")
    text = source.read_text(encoding="utf-8")
    for title in ("en: Being prepared", "en: Recommendation,", "en: Withdrawn", "en: Withdraw,"):
        assert title in text
        text = text.replace(title, f"en: '{quoted}'" + ("," if title.endswith(",") else ""), 1)
    text = text.replace("zh: 推荐准备", f"zh: {LONG}", 1)
    path = tmp_path / "reserve-official.yaml"
    path.write_text(text, encoding="utf-8")
    return load_procedure(path, CATALOGUE)


def test_texts_of_a_procedure_stay_texts(hostile: Procedure) -> None:
    text = draw_svg(hostile, en)
    drawing = parsed(text)
    assert "<script" not in text
    assert HOSTILE.startswith(words_of(boxes(drawing)["recommendation.draft"])[:8])
    assert f"↳ {HOSTILE}" in [node.text for node in of_class(drawing, "diagram-end")]


def test_a_chinese_title_longer_than_its_box_takes_two_lines(hostile: Procedure) -> None:
    box = boxes(parsed(draw_svg(hostile, zh)))["recommendation.draft"]
    assert [text.text for text in box.iter(f"{SVG}text")] == [LONG[:10], LONG[10:]]


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def test_mermaid_names_every_state_way_and_end(procedure: Procedure) -> None:
    lines = lines_of(draw_mermaid(procedure, zh))
    assert lines[0] == "stateDiagram-v2"
    assert f"[*] --> {procedure.starts.replace('.', '__')}" in lines
    for ref, state in procedure.states.items():
        here = ref.replace(".", "__")
        assert f'state "{state.title.zh}" as {here}' in lines
        assert (f"{here} --> [*]" in lines) is (state.final is not None)
        for name, target in procedure.targets(ref):
            there = target.replace(".", "__")
            assert f"{here} --> {there} : {way_title(procedure, ref, name, zh)}" in lines
    assert sum(line.startswith("state ") and line.endswith("{") for line in lines) == len(procedure.stages)
    assert lines.count("}") == len(procedure.stages)


def test_mermaid_keeps_what_would_end_a_text_out_of_it(hostile: Procedure) -> None:
    lines = lines_of(draw_mermaid(hostile, en))
    (state,) = [line for line in lines if line.endswith(" as recommendation__draft")]
    assert state.count('"') == 2
    (way,) = [line for line in lines if line.startswith("recommendation__draft --> closed__withdrawn")]
    assert way.count(":") == 1
    assert way.count('"') == 0


def test_a_way_is_called_by_the_actions_title_or_the_outcomes_name(shipped: dict[str, Procedure]) -> None:
    procedure = shipped["reserve-official"]
    assert way_title(procedure, "recommendation.draft", "withdraw", zh) == "撤回推荐"
    assert way_title(procedure, "review.co_sign", "agreed", zh) == "agreed"


@pytest.mark.parametrize("say", [zh, en])
def test_no_line_of_a_box_is_wider_than_the_box(procedure: Procedure, say: Say) -> None:
    drawing = parsed(draw_svg(procedure, say))
    for box in boxes(drawing).values():
        lines = [text.text or "" for text in box.iter(f"{SVG}text")]
        assert 1 <= len(lines) <= 2
        assert max(sum(2 if ord(char) > 0x2E80 else 1 for char in line) for line in lines) <= 20
        heights = [int(text.get("y") or 0) for text in box.iter(f"{SVG}text")]
        assert all(lower - upper == 16 for upper, lower in pairwise(heights))

"""A procedure is drawn with every stage, state and way; nothing in its texts becomes markup, nothing carries a style."""

import re
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from definitions.examples import framed
from definitions.library import FOLDER
from tests.fixtures.office import CATALOGUE
from workflow.procedure.diagram import draw_svg
from workflow.procedure.diagram_places import BOX_HEIGHT, BOX_WIDTH, GAP_X, places, units
from workflow.procedure.diagram_ways import Say, drawn_ways
from workflow.procedure.flow_words import way_words
from workflow.procedure.loader import load_procedure
from workflow.procedure.mermaid import LONGEST, draw_mermaid
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.procedure.ways import ways_out

SVG = "{http://www.w3.org/2000/svg}"
KEYS = tuple(path.stem for path in sorted(FOLDER.glob("*.yaml")))
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
    at = places(procedure, drawn_ways(procedure, en))
    assert (at.width, at.height) == (width, height)
    corners = [(box.x, box.y) for box in at.boxes.values()]
    assert all(0 <= x <= width - BOX_WIDTH and 0 <= y <= height - BOX_HEIGHT for x, y in corners)
    for (x1, y1), (x2, y2) in combinations(corners, 2):
        assert abs(x1 - x2) >= BOX_WIDTH or abs(y1 - y2) >= BOX_HEIGHT


def test_two_states_are_joined_by_one_arrow_or_a_word_below_the_box(procedure: Procedure) -> None:
    own = {ref: list(ways_out(procedure, ref)) for ref in procedure.states}
    joined = {(ref, target) for ref, outs in own.items() for out in outs for target in out.targets if target != ref}
    backs = sum(bool(out.back) for outs in own.values() for out in outs)
    drawn = drawn_ways(procedure, zh)
    arrows = [(arrow.source, arrow.target) for arrow in drawn.arrows if arrow.kind != "child"]
    written = [(ref, line) for ref, lines in drawn.below.items() for line in lines if line.startswith("↳ ")]
    assert len(arrows) == len(set(arrows))
    assert set(arrows) <= joined
    assert len(arrows) + len(written) == len(joined) + backs
    drawing = parsed(draw_svg(procedure, zh))
    paths = of_class(drawing, "diagram-way")
    assert len(paths) == len(drawn.arrows)
    assert all(path.get("marker-end") == "url(#arrow)" for path in paths)
    text = "".join(node.text or "" for node in of_class(drawing, "diagram-end"))
    assert text.replace(" ", "") == "".join(line for lines in drawn.below.values() for line in lines).replace(" ", "")


def test_no_line_of_words_reaches_the_next_box(procedure: Procedure) -> None:
    drawing = parsed(draw_svg(procedure, en))
    for name in ("diagram-end", "diagram-from"):
        assert all(units(node.text or "") * 6 <= BOX_WIDTH + GAP_X for node in of_class(drawing, name))


def test_an_action_of_a_whole_stage_is_written_once_in_its_lane(shipped: dict[str, Procedure]) -> None:
    drawing = parsed(draw_svg(shipped["promotion-tenure"], en))
    written = [node.text for node in of_class(drawing, "diagram-shared")]
    assert written == [
        "At any time: Stop the clock → Clock stopped",
        "At any time: Cancelled with the case it belongs to → No longer awaited",
    ]
    titles = [str(arrow.findtext(f"{SVG}title")) for arrow in of_class(drawing, "diagram-way")]
    assert not [title for title in titles if "Stop the clock" in title or "Start the clock" in title]
    assert "↳ Where it was suspended" in [node.text for node in of_class(drawing, "diagram-end")]


def test_child_cases_are_shown_where_they_are_waited_for_and_where_they_begin(shipped: dict[str, Procedure]) -> None:
    drawing = parsed(draw_svg(shipped["promotion-tenure"], en))
    kinds = {ref: set(str(box.get("class")).split()) for ref, box in boxes(drawing).items()}
    assert [ref for ref, found in kinds.items() if "is-many" in found] == ["referees.letters"]
    opened = ["letter.listed", "letter.to_be_named"]
    drawn = [
        (arrow.source, arrow.target)
        for arrow in drawn_ways(shipped["promotion-tenure"], en).arrows
        if arrow.kind == "child"
    ]
    assert drawn == [("referees.letters", ref) for ref in opened]
    assert len(of_class(drawing, "diagram-child")) == 2
    assert len(of_class(drawing, "diagram-start")) == 3
    assert len(of_class(drawing, "is-child")) == 2
    assert [node.text for node in of_class(drawing, "diagram-from")].count("Child case") == 2


def test_a_state_that_chooses_is_pointed_and_its_ways_are_called_by_their_conditions() -> None:
    drawing = parsed(draw_svg(framed("way"), en))
    box = boxes(drawing)["desk.how_large"]
    assert "is-choice" in str(box.get("class"))
    assert box.find(f"{SVG}path") is not None
    titles = {str(arrow.findtext(f"{SVG}title")) for arrow in of_class(drawing, "diagram-way")}
    assert {"Sum ≥ 1000", "otherwise"} <= titles


def test_ways_of_one_target_share_an_arrow_and_ways_back_are_marked(shipped: dict[str, Procedure]) -> None:
    drawing = parsed(draw_svg(shipped["reserve-official"], en))
    titles = [str(arrow.findtext(f"{SVG}title")) for arrow in of_class(drawing, "diagram-way")]
    back = [str(arrow.findtext(f"{SVG}title")) for arrow in of_class(drawing, "diagram-back")]
    assert "Submit the nomination" in titles
    assert set(back) >= {"Return for correction", "Answer and hand back"}
    assert {"Submit the nomination", "Enter in the list"}.isdisjoint(back)


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
        for out in ways_out(procedure, ref):
            title = zh(out.title).replace(":", "：")
            title = title if len(title) <= LONGEST else f"{title[:LONGEST]}…"
            for target in out.targets:
                assert f"{here} --> {target.replace('.', '__')} : {title}" in lines
    assert sum(line.startswith("state ") and line.endswith("{") for line in lines) == len(procedure.stages)
    assert lines.count("}") == len(procedure.stages)


def test_mermaid_keeps_what_would_end_a_text_out_of_it(hostile: Procedure) -> None:
    lines = lines_of(draw_mermaid(hostile, en))
    (state,) = [line for line in lines if line.endswith(" as recommendation__draft")]
    assert state.count('"') == 2
    (way,) = [line for line in lines if line.startswith("recommendation__draft --> closed__withdrawn")]
    assert way.count(":") == 1
    assert way.count('"') == 0


def test_mermaid_has_one_box_for_what_many_states_share(shipped: dict[str, Procedure]) -> None:
    lines = lines_of(draw_mermaid(shipped["promotion-tenure"], zh))
    assert 'state "预聘期：任何时候" as _any_probation' in lines
    assert "_any_probation --> probation__clock_stopped : 暂停计时" in lines
    assert "probation__clock_stopped --> _resumed : 恢复计时" in lines
    assert "[*] --> letter__listed : 子案件" in lines
    assert sum("暂停计时" in line for line in lines) == 1
    assert sum("恢复计时" in line for line in lines) == 1


def test_a_way_is_called_by_the_actions_title_or_the_outcome(shipped: dict[str, Procedure]) -> None:
    procedure = shipped["reserve-official"]
    assert zh(way_words(procedure, "recommendation.draft", "withdraw")) == "撤回推荐"
    assert zh(way_words(procedure, "review.co_sign", "agreed")) == "通过"


@pytest.mark.parametrize("say", [zh, en])
def test_no_line_of_a_box_is_wider_than_the_box(procedure: Procedure, say: Say) -> None:
    drawing = parsed(draw_svg(procedure, say))
    for box in boxes(drawing).values():
        lines = [text.text or "" for text in box.iter(f"{SVG}text")]
        assert 1 <= len(lines) <= 3
        assert max(sum(2 if ord(char) > 0x2E80 else 1 for char in line) for line in lines) <= 20
        heights = [int(text.get("y") or 0) for text in box.iter(f"{SVG}text")]
        assert all(lower - upper == 16 for upper, lower in pairwise(heights))

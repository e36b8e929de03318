"""A model is described from its specification: nothing of it is left out, nothing is said that it does not hold."""

from __future__ import annotations

import functools
import html
import itertools
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.engine.compile import CompiledModel, compile_model
from bothand.evidence.tables import load_evidence
from bothand.files import data_folder
from bothand.report.describe import describe_html, describe_json, describe_text
from bothand.report.describe.content import axes_of, content
from bothand.report.describe.drawing import draw
from bothand.report.describe.layout import ends, place, text_width, wrap
from bothand.report.describe.nouns import Content
from bothand.report.describe.page import linked
from bothand.report.describe.stations import DEAD, START, STATE, Wiring, partition
from bothand.report.describe.where import Axes, cover, either, phrases
from bothand.words import forbidden
from bothand.world.model import load_model
from faulty import Change, faults_of, write
from texts import dimension_text, rule_text

if TYPE_CHECKING:
    from playwright.sync_api import Page

MODELS = ("opioids-us", "thread")
FORMS = ("text", "html")
SVG = "{http://www.w3.org/2000/svg}"
NARROWEST_PHONE = 390
PHONE_MARGINS = 32


@functools.cache
def compiled(name: str) -> CompiledModel:
    return compile_model(load_model(name))


@functools.cache
def said(name: str) -> Content:
    return content(compiled(name), load_evidence())


@functools.cache
def words(name: str, form: str) -> str:
    """A description as one run of words, whatever lines or elements they stand in."""
    if form == "text":
        return " ".join(describe_text(name).split())
    return plain(describe_html(name))


def plain(page: str) -> str:
    body = re.sub(r"<(style|svg|title|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    inline = re.sub(r"</?(a|code|span|b|i)\b[^>]*>", "", body)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", inline)).split())


def drawings() -> Iterator[tuple[str, Wiring]]:
    for name in MODELS:
        yield from ((f"{name} by {wired.axis}", wired) for wired in said(name).drawings)


DRAWINGS = dict(drawings())
drawn = pytest.mark.parametrize("wired", DRAWINGS.values(), ids=list(DRAWINGS))
each_model = pytest.mark.parametrize("name", MODELS)
each_form = pytest.mark.parametrize("form", FORMS)


# ------------------------------------------------------------------------------------------------ nothing is left out


@each_form
@each_model
def test_every_compartment_stands_there_with_code_name_and_public_label(name: str, form: str) -> None:
    model = compiled(name)
    text = words(name, form)
    joint = " = " if form == "text" else " "
    for code, label in zip(model.chain.compartments[: model.chain.n_living], model.labels, strict=False):
        assert f"{code}{joint}{label}" in text
    for code, label in model.spec.dead.items():
        assert f"dead.{code}" in text
        assert label in text


@each_form
@each_model
def test_every_rule_event_and_branch_stands_there_with_its_meaning_and_formula(name: str, form: str) -> None:
    model = compiled(name)
    text = words(name, form)
    for rule in model.spec.rule:
        assert rule.label in text
        assert form == "html" or rule.label == rule.name or f"{rule.label} [{rule.name}]" in text
        assert form == "text" or f"{rule.label} {rule.name}" in text
    for edge in model.edges:
        if ": " not in edge.rule:
            assert model.graph.text(edge.rate) in text
    for event in model.spec.event:
        assert event.label in text
        for node in model.events[event.name].values():
            assert model.graph.text(node) in text
        for branch in event.branch:
            assert (branch.label or branch.name) in text
            assert branch.probability is None or isinstance(branch.probability, dict) or branch.probability in text


@each_form
@each_model
def test_every_level_set_lever_measure_count_series_and_table_stands_there(name: str, form: str) -> None:
    spec = compiled(name).spec
    text = words(name, form)
    for dimension in spec.dimension.values():
        assert all(level.label in text and level.name in text for level in dimension.levels)
        assert all(key in text and ", ".join(levels) in text for key, levels in dimension.sets.items())
    kinds: list[dict[str, Any]] = [dict(spec.lever), dict(spec.measure), dict(spec.count), dict(spec.group)]
    kinds += [dict(spec.capacity), dict(spec.stock), dict(spec.inflow), dict(spec.series), dict(spec.table)]
    for code, thing in itertools.chain(*(kind.items() for kind in kinds)):
        assert code in text
        assert thing.label in text
    assert all(f"{code}[" in text for code in [*spec.series, *spec.table])


@each_form
@each_model
def test_every_let_stands_there_as_the_file_has_it(name: str, form: str) -> None:
    text = words(name, form)

    def leaves(choice: object) -> Iterator[str]:
        if isinstance(choice, dict):
            yield from itertools.chain(*(leaves(inner) for key, inner in choice.items() if key != "by"))
        else:
            yield str(choice)

    for let, choice in compiled(name).spec.let.items():
        assert let in text
        assert all(formula in text for formula in leaves(choice))


@each_form
@each_model
def test_pairs_of_levers_are_declared_or_said_to_be_assumed(name: str, form: str) -> None:
    text = words(name, form)
    for pair in compiled(name).spec.combine:
        assert " and ".join(x.strip() for x in pair.split(",")) in text
    for levers in compiled(name).assumed:
        at = text.index(" and ".join(levers))
        assert "assumed" in text[at : at + 60]


@each_form
@each_model
def test_sizes_are_those_of_the_arrays_that_run(name: str, form: str) -> None:
    chain = compiled(name).chain
    text = words(name, form)
    for count, what in [
        (chain.n_living, "compartments of living people"),
        (len(chain.source), "moves from compartment to compartment"),
        (len(chain.strata), "strata"),
    ]:
        assert (f"{count:,} {what}" if form == "text" else f"{what} {count:,}") in text


# ------------------------------------------------------------------------------------------------ quantities


@each_form
@each_model
def test_every_quantity_that_a_formula_reads_stands_there(name: str, form: str) -> None:
    assert set(compiled(name).symbols) <= {used.key for used in said(name).quantities}
    assert all(key in words(name, form) for key in compiled(name).symbols)


@each_form
def test_every_quantity_stands_there_with_its_value_range_unit_and_source(form: str) -> None:
    text = words("opioids-us", form)
    evidence = load_evidence()
    for used in said("opioids-us").quantities:
        assert used.source
        assert " ".join(used.source.split()) in text
        key = evidence.resolve(used.key)
        if key in evidence:
            assert used.source == evidence[key].source
            assert f"{used.value} ({used.span}) {used.unit}" in text
            assert used.grade == evidence[key].grade


def test_only_what_a_place_gives_has_no_row_in_the_evidence_tables() -> None:
    import tomllib

    inputs: set[str] = set()
    for path in (data_folder() / "places").glob("*.toml"):
        inputs |= set(tomllib.loads(path.read_text("utf-8")).get("inputs", {}))
    without = {used.key for used in said("opioids-us").quantities if used.grade == "given"}
    assert without <= inputs


@each_form
def test_what_is_judged_and_what_is_not_verified_is_said_in_words(form: str) -> None:
    text = words("opioids-us", form)
    doubted = [used for used in said("opioids-us").quantities if used.doubted]
    assert {used.grade for used in doubted} == {"judgement", "unverified"}
    for used in doubted:
        word = {"judgement": "a judgement", "unverified": "not verified"}[used.grade]
        stands = f"({used.span}) {used.unit}, {word}" if form == "text" else f"({used.span}) {used.unit} {word}"
        assert stands in text


def test_a_computed_quantity_names_what_it_is_computed_from_and_those_are_there_too() -> None:
    evidence = load_evidence()
    found = {used.key: used for used in said("opioids-us").quantities}
    computed = [key for key in found if key in evidence and evidence[key].inputs]
    assert computed
    for key in computed:
        assert set(evidence[key].inputs) <= set(found)
        assert all(any(inner in note for note in found[key].notes) for inner in evidence[key].inputs)


# ------------------------------------------------------------------------------------------------ cells in words


@functools.cache
def axes(name: str) -> Axes:
    return axes_of(compiled(name))


def cells_of(found: Axes, block: dict[str, tuple[str, ...]]) -> set[int]:
    return {i for i in range(len(found.cells)) if all(found.level(i, axis) in levels for axis, levels in block.items())}


@given(st.sets(st.integers(0, 105), min_size=1))
def test_blocks_hold_exactly_the_cells_they_stand_for(chosen: set[int]) -> None:
    found = axes("opioids-us")
    assert len(found.cells) == 106
    blocks = cover(found, chosen)
    assert set().union(*(cells_of(found, block) for block in blocks)) == chosen
    assert len(blocks) <= len(chosen)


def test_blocks_name_no_axis_that_says_nothing() -> None:
    found = axes("opioids-us")
    everyone = range(len(found.cells))
    assert found.where(everyone) == ["everyone"]
    jail = [i for i in everyone if found.level(i, "care") == "jail"]
    assert found.where(jail) == ["care: in jail"]


@each_model
def test_the_groups_cells_and_only_those_are_said(name: str) -> None:
    model = compiled(name)
    for group in said(name).groups:
        codes = {model.chain.compartments[i] for i in (model.group_of == group.number - 1).nonzero()[0]}
        assert {cell.code for cell in group.cells} == codes
    assert sum(len(group.cells) for group in said(name).groups) == model.chain.n_living


@pytest.mark.parametrize(
    ("labels", "phrase"),
    [
        (["on methadone", "on buprenorphine"], "on methadone or buprenorphine"),
        (["on methadone", "in jail"], "on methadone or in jail"),
        (["no treatment", "asleep", "awake"], "no treatment, asleep or awake"),
        (["remission, early", "remission, late"], "remission, early or late"),
        (["use, injecting", "use, not injecting", "stopped"], "use, injecting or not injecting; stopped"),
        (["in jail", "in jail"], "in jail"),
    ],
)
def test_labels_say_shared_words_once(labels: list[str], phrase: str) -> None:
    assert either(labels) == phrase


def test_labels_of_moves_are_not_merged_where_a_comma_would_mislead() -> None:
    assert phrases(["leaves early, without", "leaves early, with"]) == ["leaves early, without or with"]
    assert phrases(["leaves care, still using", "leaves care and uses, at risk"]) == [
        "leaves care, still using",
        "leaves care and uses, at risk",
    ]


# ------------------------------------------------------------------------------------------------ drawings


def numbers(element: ET.Element, *names: str) -> list[float]:
    return [float(element.attrib[name]) for name in names]


@drawn
def test_every_box_is_drawn_once_and_no_two_overlap(wired: Wiring) -> None:
    svg = ET.fromstring(with_namespace(draw(wired)))
    boxes = [numbers(rect, "x", "y", "width", "height") for rect in svg.iter(f"{SVG}rect")]
    assert len(boxes) == len(wired.stations)
    for (ax, ay, aw, ah), (bx, by, bw, bh) in itertools.combinations(boxes, 2):
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert all(x >= 0 and x + w <= width and y >= 0 and y + h <= height for x, y, w, h in boxes)


@drawn
def test_no_line_passes_through_a_box(wired: Wiring) -> None:
    svg = ET.fromstring(with_namespace(draw(wired)))
    boxes = [numbers(rect, "x", "y", "width", "height") for rect in svg.iter(f"{SVG}rect")]
    pieces = [piece for path in svg.iter(f"{SVG}path") for piece in segments(path.attrib["d"])]
    assert pieces
    for x1, y1, x2, y2 in pieces:
        for x, y, w, h in boxes:
            beside = max(x1, x2) <= x or min(x1, x2) >= x + w
            assert beside or max(y1, y2) <= y or min(y1, y2) >= y + h


@drawn
def test_lines_of_different_boxes_never_run_over_one_another(wired: Wiring) -> None:
    wires = place(wired).wires
    for one, two in itertools.combinations(wires, 2):
        assert one.x != two.x or one.bottom < two.top or two.bottom < one.top
        assert not set(ends(one)) & set(ends(two))


@drawn
def test_words_stay_inside_their_box_and_on_lines_of_their_own(wired: Wiring) -> None:
    layout = place(wired)
    for box in layout.boxes:
        for line in box.words:
            width = text_width(line.text, bold=line.style in ("title", "port"))
            left = line.x - width if line.style == "port" else line.x
            assert layout.left <= left
            assert left + width <= layout.right
            assert box.top < line.y < box.bottom
        ports = {line.y: line.x - text_width(line.text, bold=True) for line in box.words if line.style == "port"}
        for line in box.words:
            if line.style == "exit" and line.y in ports:
                assert line.x + text_width(line.text) <= ports[line.y]
        plain_ = [line.y for line in box.words if line.style in ("exit", "within")]
        assert len(set(plain_)) == len(plain_)


@drawn
def test_a_drawing_fits_a_phone_and_lanes_fit_the_drawing(wired: Wiring) -> None:
    layout = place(wired)
    assert layout.width <= NARROWEST_PHONE - PHONE_MARGINS
    assert all(layout.right < wire.x < layout.width for wire in layout.wires)


@drawn
def test_a_drawing_is_spoken_and_colours_come_from_the_page(wired: Wiring) -> None:
    svg = ET.fromstring(with_namespace(draw(wired)))
    assert svg.attrib["role"] == "img"
    assert svg.findtext(f"{SVG}title")
    spoken = svg.findtext(f"{SVG}desc") or ""
    for station in wired.stations:
        assert all(label in spoken for leave in station.exits for label in leave.labels)
    assert not any({"fill", "stroke", "style"} & set(element.attrib) for element in svg.iter())


@each_model
def test_every_move_that_changes_a_level_is_in_that_levels_drawing(name: str) -> None:
    model = compiled(name)
    living = model.chain.n_living
    for wired in said(name).drawings:
        found = axes(name)
        changed = {
            edge.label
            for edge in model.edges
            if edge.target >= living or found.level(edge.source, wired.axis) != found.level(edge.target, wired.axis)
        }
        shown = [x for s in wired.stations for x in (*s.within, *s.always, *(y for e in s.exits for y in e.labels))]
        for label in changed:
            assert any(label == x or label.rsplit(" ", 1)[-1] in x for x in shown), label
        moves = sum(e.moves for s in wired.stations if s.kind == STATE for e in s.exits)
        within = {x for s in wired.stations for x in s.within}
        every = {x for s in wired.stations for x in s.always}
        boxes = {level: s.title for s in wired.stations for level in s.levels}
        assert moves == sum(
            edge.label not in every
            if edge.target >= living
            else boxes[found.level(edge.source, wired.axis)] != boxes[found.level(edge.target, wired.axis)]
            for edge in model.edges
        )
        assert bool(within) == any(
            edge.target < living
            and found.level(edge.source, wired.axis) != found.level(edge.target, wired.axis)
            and boxes[found.level(edge.source, wired.axis)] == boxes[found.level(edge.target, wired.axis)]
            for edge in model.edges
        )


@each_model
def test_boxes_part_the_levels_and_layers_never_climb(name: str) -> None:
    model = compiled(name)
    for wired in said(name).drawings:
        parts = partition(model, axes(name), wired.axis)
        levels = [level for part in parts for level in part]
        used = {axes(name).level(i, wired.axis) for i in range(model.chain.n_living)}
        assert sorted(levels) == sorted(used)
        assert {s.levels for s in wired.stations if s.kind == STATE} == set(parts)
        layers = [s.layer for s in wired.stations]
        assert layers == sorted(layers)
        assert next(s.kind for s in wired.stations) == START
        assert [s.title for s in wired.stations if s.kind == DEAD] == list(model.spec.dead.values())


def test_waiting_comes_before_treatment_and_what_follows_after_it() -> None:
    care = next(w for w in said("opioids-us").drawings if w.axis == "care")
    layer = {level: station.layer for station in care.stations for level in station.levels}
    assert layer["none"] < layer["waits_methadone"] == layer["waits_buprenorphine"]
    assert layer["waits_methadone"] < layer["methadone"] == layer["naltrexone"] == layer["residential"]
    assert layer["methadone"] < layer["after_treatment"] == layer["after_release"]


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "Zs"]), max_size=200), st.floats(30, 300))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: float) -> None:
    lines = wrap(text, width, hang=8)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(text_width(line) <= width for line in lines)


def with_namespace(svg: str) -> str:
    return str(svg).replace("<svg ", f'<svg xmlns="{SVG.strip("{}")}" ', 1)


def segments(path: str) -> Iterator[tuple[float, float, float, float]]:
    """Straight pieces of a path of M, L, H, V and Z."""
    x = y = 0.0
    for command, values in re.findall(r"([MLHV])\s*([-\d., ]+)", path):
        found = [float(value) for value in re.findall(r"-?[\d.]+", values)]
        nx, ny = {"H": (found[0], y), "V": (x, found[0])}.get(command) or (found[0], found[1])
        if command != "M":
            yield x, y, nx, ny
        x, y = nx, ny


# ------------------------------------------------------------------------------------------------ the forms


@each_model
def test_the_terminals_lines_are_at_most_100_characters(name: str) -> None:
    lines = describe_text(name).splitlines()
    assert max(map(len, lines)) <= 100
    assert not any(line != line.rstrip() for line in lines)


@each_model
def test_the_data_form_is_json_and_holds_the_rows_of_the_quantities(name: str) -> None:
    found = json.loads(json.dumps(describe_json(name)))
    model = compiled(name)
    assert len(found["compartments"]) == model.chain.n_all
    assert set(model.symbols) <= {row["name"] for row in found["quantities"]}
    assert all(row["source"] and row["grade_words"] for row in found["quantities"])
    assert found["sizes"]["moves from compartment to compartment"] == len(model.edges)
    for drawing in found["drawings"]:
        titles = {box["title"] for box in drawing["boxes"]}
        assert all(leave["to"] in titles for box in drawing["boxes"] for leave in box["exits"])


@each_model
def test_a_page_asks_for_nothing_and_its_links_lead_somewhere(name: str) -> None:
    page = describe_html(name)
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", page)
    assert not re.search(r"url\((?!#)|@import|https?:", re.sub(r"<td data-head=\"Source\">.*?</td>", "", page))
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)


@each_model
def test_every_name_that_a_formula_reads_leads_to_its_explanation(name: str) -> None:
    page = describe_html(name)
    for key in compiled(name).symbols:
        assert f'<a href="#q-{key}">{key}</a>' in page
    for lever in compiled(name).spec.lever:
        assert f'id="l-{lever}"' in page


@each_model
def test_the_same_model_is_described_the_same_way_twice(name: str) -> None:
    assert describe_html(name) == describe_html(name)
    assert describe_text(name) == describe_text(name)


@each_model
def test_the_words_are_person_first(name: str) -> None:
    """Words of the evidence tables are held to this where they stand, citations not at all."""
    tables = {x for used in said(name).quantities for x in (used.source, used.description, *used.notes)}
    allowed = [" ".join(x.split()) for x in sorted(tables, key=len, reverse=True)]
    for form in FORMS:
        assert forbidden(words(name, form), allowed) == []


def test_an_unknown_model_is_a_fault_with_the_nearest_name() -> None:
    assert faults_of(describe_text, "opioid-us")[0].nearest == "opioids-us"


# ------------------------------------------------------------------------------------------------ other models


def changed(tmp_path: Path, *changes: Change) -> Path:
    text = (data_folder() / "models" / "thread.toml").read_text("utf-8")
    return write(tmp_path / "changed.toml", text, *changes, once=False)


THREE_LABELS = (
    'label = "on methadone"',
    'label = "asks for methadone"',
    'label = "The smallest model that shows every part of the language"',
)
RULE_NAME = 'name = "ask for methadone"'


def test_signs_of_markup_in_a_models_words_are_shown_and_never_obeyed(tmp_path: Path) -> None:
    # A quote that ended an attribute would begin another one; an entity that was obeyed would be a sign it is not.
    hostile = "x\" onclick='alert(1)' &lt;b&gt; & &#60;i&#62;"
    shown = "x&#34; onclick=&#39;alert(1)&#39; &amp;lt;b&amp;gt; &amp; &amp;#60;i&amp;#62;"
    written = "label = " + json.dumps(hostile)
    path = changed(tmp_path, *((label, written) for label in THREE_LABELS), (RULE_NAME, 'name = "ask <i>for</i> it"'))
    page = describe_html(path)
    assert hostile not in page
    assert "onclick='" not in page
    assert page.count(shown) >= len(THREE_LABELS)
    assert "ask &lt;i&gt;for&lt;/i&gt; it" in page
    assert hostile in " ".join(describe_text(path).split())
    for svg in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
        ET.fromstring(with_namespace(svg))


@pytest.mark.parametrize("sign", ["<script>alert(1)</script>", "a < b", "a > b", "\\u001b[31mred", "\\u0007"])
def test_markup_and_orders_to_a_terminal_in_a_models_words_are_refused(tmp_path: Path, sign: str) -> None:
    path = changed(tmp_path, *((label, f'label = "{sign}"') for label in THREE_LABELS))
    lines = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), start=1) if f'label = "{sign}"' in line]
    faults = faults_of(describe_html, path)
    assert len(lines) == len(THREE_LABELS)
    assert sorted(fault.line or 0 for fault in faults) == lines
    assert all("may not stand in a name or a text" in fault.message for fault in faults)


def test_a_name_in_a_formula_is_linked_and_everything_else_escaped() -> None:
    found = linked('rate_of_x * (1 - y) <b>"', {"rate_of_x": "q-rate_of_x"})
    assert str(found) == '<a href="#q-rate_of_x">rate_of_x</a> * (1 - y) &lt;b&gt;&#34;'


def test_a_change_of_the_file_changes_the_description(tmp_path: Path) -> None:
    path = changed(tmp_path, ('rate = "ask_methadone"', 'rate = "2 * ask_methadone"'))
    before, after = describe_text("thread"), describe_text(path)
    assert "= 2 * ask_methadone" in after
    assert "= 2 * ask_methadone" not in before


BARE = f"""
[model]
name = "bare"
time = "continuous"
{dimension_text("state", well="well", ill="a word_that_is_far_too_long_to_fit_on_one_line_of_any_box_at_all")}
[[cells]]
state = "*"
{rule_text("fall ill", "falls ill", {"state": "well"}, {"state": "ill"}, 0.1)}
{rule_text("recover", "gets well", {"state": "ill"}, {"state": "well"}, 0.2)}
"""


def test_a_bare_model_of_two_states_is_described(tmp_path: Path) -> None:
    path = write(tmp_path / "bare.toml", BARE)
    text = describe_text(path)
    assert "falls ill [fall ill]" in text
    assert "-> 2 a word_that" in text
    page = describe_html(path)
    svg = re.search(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert svg
    assert len(list(ET.fromstring(with_namespace(svg.group())).iter(f"{SVG}rect"))) == 2
    assert describe_json(path)["quantities"] == []


# ------------------------------------------------------------------------------------------------ in a browser


@pytest.mark.browser
@pytest.mark.timeout(120)
@pytest.mark.parametrize("width", [390, 1120])
def test_in_a_browser_words_stay_in_their_boxes_and_axe_finds_nothing(
    chromium_page: Page, requests_that_left: list[str], tmp_path: Path, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "model.html"
    path.write_text(describe_html("opioids-us"), encoding="utf-8")
    chromium_page.set_viewport_size({"width": width, "height": 900})
    chromium_page.goto(path.as_uri())
    outside = chromium_page.evaluate(
        """() => [...document.querySelectorAll('svg.wiring g')].flatMap(g => {
          const rect = g.querySelector('rect'); if (!rect) return [];
          const b = rect.getBBox();
          return [...g.querySelectorAll('text')].filter(t => { const q = t.getBBox();
            return q.x < b.x + 1 || q.x + q.width > b.x + b.width - 1
              || q.y < b.y - 1 || q.y + q.height > b.y + b.height + 1;
          }).map(t => t.textContent); })"""
    )
    assert outside == []
    shown = chromium_page.evaluate(
        "() => [...document.querySelectorAll('svg.wiring')]"
        ".map(s => s.getBoundingClientRect().width / s.viewBox.baseVal.width)"
    )
    assert len(shown) == len(said("opioids-us").drawings)
    assert min(shown) >= 0.99
    assert chromium_page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(chromium_page)
    assert found.violations_count == 0, found.generate_report()
    assert requests_that_left == []

"""The report in a browser: on a phone, on paper, in light and dark, for eyes and for screen readers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from example import example, full, longest, many

from bothand.report.page import render

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WIDTHS = (320, 390, 768, 1280)
LETTER = (720, 1056)
"""Inner width of a Letter page with half-inch margins, in CSS pixels."""

LEAVES = ("picture", "sheet", "sheet-2")
"""Pages that a council reads on paper; each is one page, whatever its sentences."""

MOST_PAGES = 20
MORE_IN_FULL = 6
SHIPPED = Path(__file__).parents[2] / "docs" / "example" / "washtenaw.html"
MORE_IN_WASHTENAW = 3  # a real county's sentences and tables are longer than those made up here
PHONE_TALLEST = 32_000
OPEN = "document.querySelectorAll('details').forEach(d => d.open = true)"

SCREEN_SMALLEST = 12
PRINT_SMALLEST = 8 * 96 / 72

# Every visible run of text: its words, size, box, and whether something cuts it off.
TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    const words = node.textContent.replace(/\\u00ad/g, '').trim();
    if (!words || parent.closest('.vh, style, title, desc, .watermark, .skip, thead.vh, .symbols')) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) continue;
    const style = getComputedStyle(parent), size = parseFloat(style.fontSize);
    if (size === 0) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const hidden = parent.closest('thead');
    if (hidden && getComputedStyle(hidden).position === 'absolute') continue;
    for (const r of range.getClientRects()) {
      if (r.width < 1 || r.height < 1) continue;
      let cut = r.left < -0.5 || r.right > innerWidth + 0.5;
      for (let up = parent; up && up !== document.body; up = up.parentElement) {
        const s = getComputedStyle(up);
        if (s.overflowX === 'visible' || up instanceof SVGElement) continue;
        const b = up.getBoundingClientRect();
        if (r.left < b.left - 1 || r.right > b.right + 1 || r.top < b.top - 2 || r.bottom > b.bottom + 2) cut = true;
      }
      const middle = (r.top + r.bottom) / 2 + scrollY, half = size * 0.36;
      found.push({ words, size, cut, left: r.left, right: r.right, top: middle - half, bottom: middle + half });
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(example()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def long_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "long.html"
    path.write_text(render(longest()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def many_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "many.html"
    path.write_text(render(many()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def full_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "full.html"
    path.write_text(render(full()), encoding="utf-8")
    return path


def pages_of(page: Page, only: str = "") -> int:
    """Pages of the print, of the whole report or of one section alone."""
    if only:
        page.evaluate(f"document.querySelectorAll('main > :not(#{only})').forEach(e => e.remove())")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))


def show(page: Page, report: Path, width: int, scheme: Any = "light", media: Any = "screen") -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media=media, color_scheme=scheme)
    page.goto(report.as_uri())


def overlapping(texts: list[dict[str, Any]]) -> list[str]:
    """Pairs of texts whose ink meets; a box is as high as its capital letters."""
    rows = sorted(texts, key=lambda t: t["top"])
    found = []
    for n, a in enumerate(rows):
        for b in rows[n + 1 :]:
            if b["top"] >= a["bottom"]:
                break
            across = min(a["right"], b["right"]) - max(a["left"], b["left"])
            down = min(a["bottom"], b["bottom"]) - max(a["top"], b["top"])
            if across > 1.5 and down > 1.5:
                found.append(f"'{a['words'][:40]}' meets '{b['words'][:40]}' ({across:.0f} x {down:.0f} px)")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(chromium_page: Page, report: Path, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    show(chromium_page, report, width, scheme)
    found = Axe().run(chromium_page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("folded", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_is_cut_off_overlapping_or_small_on_a_screen(
    chromium_page: Page, long_report: Path, width: int, folded: bool
) -> None:
    show(chromium_page, long_report, width)
    if not folded:
        chromium_page.evaluate(OPEN)
    texts = chromium_page.evaluate(TEXTS)
    assert len(texts) > 1000
    assert [t["words"] for t in texts if t["cut"]] == []
    assert [t["words"] for t in texts if t["size"] < SCREEN_SMALLEST] == []
    assert overlapping(texts) == []


@pytest.mark.parametrize("width", [390, 950, 1280])
def test_twenty_services_fit_on_a_screen(chromium_page: Page, many_report: Path, width: int) -> None:
    show(chromium_page, many_report, width)
    texts = chromium_page.evaluate(TEXTS)
    assert [t["words"] for t in texts if t["cut"]] == []
    assert [t["words"] for t in texts if t["size"] < SCREEN_SMALLEST] == []
    assert overlapping(texts) == []
    assert chromium_page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [950, 1280])
def test_the_turned_name_of_a_service_stands_over_its_own_column_and_no_other(
    chromium_page: Page, many_report: Path, width: int
) -> None:
    show(chromium_page, many_report, width)
    boxes = chromium_page.evaluate(
        """() => [...document.querySelectorAll('.many thead .svc')].map(head => {
            const own = head.getBoundingClientRect(), name = head.firstElementChild.getBoundingClientRect();
            return [own.left, name.left, name.right, own.right, name.height, head.scrollHeight];
        })"""
    )
    assert len(boxes) == 20
    for left, first, last, right, height, room in boxes:
        assert left <= first + 0.5
        assert last <= right + 0.5
        assert height <= room


def test_axe_finds_nothing_where_there_are_twenty_services(chromium_page: Page, many_report: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    show(chromium_page, many_report, 1280)
    found = Axe().run(chromium_page, "#picture, #sheet-2")
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("section", ["prices", "register"])
def test_what_only_a_full_run_tells_can_be_read_on_every_screen(
    chromium_page: Page, full_report: Path, width: int, section: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    show(chromium_page, full_report, width)
    assert Axe().run(chromium_page, f"#{section}").violations_count == 0
    chromium_page.evaluate(f"document.querySelectorAll('main > :not(#{section})').forEach(e => e.remove())")
    chromium_page.evaluate(OPEN)
    texts = chromium_page.evaluate(TEXTS)
    assert len(texts) > 100
    assert [t["words"] for t in texts if t["cut"]] == []
    assert [t["words"] for t in texts if t["size"] < SCREEN_SMALLEST] == []
    assert overlapping(texts) == []
    assert chromium_page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("section", ["prices", "register"])
def test_a_full_run_prints_a_page_more_for_what_only_it_tells(
    chromium_page: Page, full_report: Path, section: str
) -> None:
    show(chromium_page, full_report, LETTER[0], media="print")
    whole = pages_of(chromium_page)
    chromium_page.evaluate(f"document.querySelector('#{section}').remove()")
    assert pages_of(chromium_page) < whole <= MOST_PAGES + MORE_IN_FULL


@pytest.mark.parametrize("which", ["report", "long_report", "many_report", "full_report"])
def test_no_text_is_cut_off_overlapping_or_small_on_paper(
    chromium_page: Page, which: str, request: pytest.FixtureRequest
) -> None:
    show(chromium_page, request.getfixturevalue(which), LETTER[0], media="print")
    texts = chromium_page.evaluate(TEXTS)
    assert [t["words"] for t in texts if t["cut"]] == []
    assert [t["words"] for t in texts if t["size"] < PRINT_SMALLEST - 0.01] == []
    assert overlapping(texts) == []


@pytest.mark.parametrize("leaf", LEAVES)
@pytest.mark.parametrize("which", ["report", "long_report", "many_report"])
def test_the_picture_and_each_side_of_the_sheet_are_one_printed_page(
    chromium_page: Page, which: str, leaf: str, request: pytest.FixtureRequest
) -> None:
    show(chromium_page, request.getfixturevalue(which), LETTER[0], media="print")
    assert pages_of(chromium_page, leaf) == 1


@pytest.mark.parametrize("which", ["report", "long_report"])
def test_the_whole_print_is_a_booklet_and_not_a_book(
    chromium_page: Page, which: str, request: pytest.FixtureRequest
) -> None:
    show(chromium_page, request.getfixturevalue(which), LETTER[0], media="print")
    assert len(LEAVES) < pages_of(chromium_page) <= MOST_PAGES


def test_the_report_of_the_county_that_ships_is_no_longer_than_is_said(chromium_page: Page) -> None:
    show(chromium_page, SHIPPED, LETTER[0], media="print")
    assert pages_of(chromium_page) <= MOST_PAGES + MORE_IN_WASHTENAW
    show(chromium_page, SHIPPED, 390)
    assert chromium_page.evaluate("document.documentElement.scrollHeight") <= PHONE_TALLEST


def test_what_a_phone_folds_stands_open_on_a_wide_screen_and_on_paper(chromium_page: Page, report: Path) -> None:
    first = "document.querySelector('#groups details.fold table').checkVisibility({ contentVisibilityAuto: true })"
    shown = []
    for width, media in ((390, "screen"), (1280, "screen"), (LETTER[0], "print")):
        show(chromium_page, report, width, media=media)
        shown.append(chromium_page.evaluate(first))
    assert shown == [False, True, True]


def test_a_link_to_a_group_of_people_opens_what_is_said_of_it(chromium_page: Page, report: Path) -> None:
    """By keyboard, from the sheet and from the first plan's rows."""
    shown = "document.querySelector('#group-treatment table').checkVisibility({ contentVisibilityAuto: true })"
    for width, place in ((1280, "#sheet"), (390, "#plan-1")):
        show(chromium_page, report, width)
        assert not chromium_page.evaluate(shown)
        chromium_page.evaluate(OPEN.replace("'details'", "'details.fold'"))
        link = chromium_page.locator(f"{place} a[href='#group-treatment']")
        link.focus()
        chromium_page.keyboard.press("Enter")
        assert chromium_page.evaluate(shown)


def test_a_phone_shows_no_endless_page(chromium_page: Page, long_report: Path) -> None:
    show(chromium_page, long_report, 390)
    assert chromium_page.evaluate("document.documentElement.scrollHeight") <= PHONE_TALLEST


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(chromium_page: Page, report: Path, width: int) -> None:
    show(chromium_page, report, width)
    assert chromium_page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_request_leaves_and_nothing_fails(chromium_page: Page, report: Path, requests_that_left: list[str]) -> None:
    said: list[str] = []
    chromium_page.on("console", lambda message: said.append(message.text))
    chromium_page.on("pageerror", lambda error: said.append(str(error)))
    show(chromium_page, report, 1280)
    chromium_page.evaluate(OPEN)
    assert requests_that_left == []
    assert said == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_picture_is_spoken_once(chromium_page: Page, report: Path, width: int) -> None:
    show(chromium_page, report, width)
    seen = chromium_page.evaluate(
        "['table.values', '.values-list'].map(s => getComputedStyle(document.querySelector(s)).display !== 'none')"
    )
    assert seen == [width > 900, width <= 900]


def test_the_keyboard_meets_the_skip_link_first_and_every_target_is_large_on_a_phone(
    chromium_page: Page, report: Path
) -> None:
    show(chromium_page, report, 390)
    chromium_page.keyboard.press("Tab")
    assert chromium_page.evaluate("document.activeElement.className") == "skip"
    assert chromium_page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    heights = chromium_page.evaluate(
        "[...document.querySelectorAll('nav a, summary')]"
        ".filter(e => e.checkVisibility({ contentVisibilityAuto: true })).map(e => e.getBoundingClientRect().height)"
    )
    assert len(heights) > 20
    assert min(heights) >= 43.5


def test_paper_is_white_whatever_the_reader_has_chosen(chromium_page: Page, report: Path) -> None:
    show(chromium_page, report, LETTER[0], scheme="dark", media="print")
    assert chromium_page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_text_at_twice_its_size_loses_nothing(chromium_page: Page, report: Path) -> None:
    """Zoom of 200 % on a 1280 px window lays the page out at 640 px."""
    show(chromium_page, report, 640)
    texts = chromium_page.evaluate(TEXTS)
    assert [t["words"] for t in texts if t["cut"]] == []
    assert overlapping(texts) == []


def test_on_a_phone_each_plan_of_the_sheet_says_what_its_groups_are_compared_with(
    chromium_page: Page, report: Path
) -> None:
    """The heads of the table are hidden there; a plan that carries no verdict says nothing of the kind."""
    said = """() => [...document.querySelectorAll('#sheet .plans tbody tr')].map(
        row => [row.querySelector('.word') !== null, getComputedStyle(row, '::after').content])"""
    show(chromium_page, report, WIDTHS[1])
    rows = chromium_page.evaluate(said)
    assert {judged for judged, _ in rows} == {True, False}
    for judged, words in rows:
        assert ("Against the same money spent as others do" in words) is judged
    caption = chromium_page.locator("#sheet .plans caption")
    assert caption.bounding_box()["height"] > SCREEN_SMALLEST
    show(chromium_page, report, WIDTHS[-1])
    assert all("Against" not in words for _, words in chromium_page.evaluate(said))

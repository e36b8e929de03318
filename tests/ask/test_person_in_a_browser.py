"""The guide in a browser: nothing is asked for or kept, nothing chosen beforehand, and no answer takes anything."""

from __future__ import annotations

import itertools
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from person_page import OFFERS, filled, opened, page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WIDTHS = (320, 768, 1280)
CHOICES = "input[type=checkbox]"

# Every place in which a page could keep something.
KEPT = """async () => ({
  local: (() => { try { return localStorage.length } catch { return 0 } })(),
  session: (() => { try { return sessionStorage.length } catch { return 0 } })(),
  cookies: document.cookie,
  databases: (await indexedDB.databases()).length,
  caches: await (async () => { try { return (await caches.keys()).length } catch { return 0 } })(),
  workers: 'serviceWorker' in navigator ? 'there' : 'none',
  url: location.search + location.hash,
  name: window.name,
  state: history.state,
})"""
EMPTY = {"local": 0, "session": 0, "cookies": "", "databases": 0, "caches": 0, "url": "", "name": "", "state": None}


def kept(browser: Page) -> dict[str, object]:
    found: dict[str, object] = browser.evaluate(KEPT)
    found.pop("workers")
    return found


def text_of(browser: Page) -> str:
    """All that stands on the page: words, and what is in its fields."""
    inside: str = browser.evaluate(
        "document.body.textContent + [...document.querySelectorAll('textarea')].map(t => t.value).join(' ')"
    )
    return inside


def test_nothing_is_asked_for_over_a_network_and_nothing_is_kept(
    chromium_page: Page, requests_that_left: list[str], tmp_path: Path
) -> None:
    asked: list[str] = []
    said: list[str] = []
    chromium_page.on("request", lambda request: asked.append(request.url))
    chromium_page.on("console", lambda message: said.append(message.text))
    chromium_page.on("pageerror", lambda error: said.append(str(error)))
    opened(chromium_page, tmp_path)
    filled(chromium_page)
    chromium_page.click("#open-hope")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1
    assert requests_that_left == []
    assert said == []
    assert kept(chromium_page) == EMPTY
    assert chromium_page.context.cookies() == []


def test_one_tap_wipes_all_and_neither_undo_nor_back_brings_it_again(chromium_page: Page, tmp_path: Path) -> None:
    opened(chromium_page, tmp_path)
    filled(chromium_page)
    chromium_page.click("#open-hope")
    assert "a secret of mine" in text_of(chromium_page)
    chromium_page.click("#wipe")
    assert chromium_page.locator(f"{CHOICES}:checked").count() == 0
    assert "a secret of mine" not in text_of(chromium_page)
    assert "a hope that is sealed" not in chromium_page.content()
    assert (
        chromium_page.locator("#told").text_content() == "Wiped. Nothing that you chose or wrote is left on this page."
    )
    assert chromium_page.evaluate("document.activeElement.id") == "top"
    for area in chromium_page.locator("textarea").all()[1:]:
        area.focus()
        chromium_page.keyboard.press("Control+z")
    assert "a secret of mine" not in text_of(chromium_page)
    assert kept(chromium_page) == EMPTY


def test_leaving_the_page_is_wiping_it(chromium_page: Page, tmp_path: Path) -> None:
    opened(chromium_page, tmp_path)
    filled(chromium_page)
    chromium_page.goto("about:blank")
    chromium_page.go_back()
    assert chromium_page.locator("#main").is_visible()
    assert chromium_page.locator(f"{CHOICES}:checked").count() == 0
    assert "a secret of mine" not in text_of(chromium_page)


def test_nothing_is_chosen_beforehand_and_no_script_can_say_otherwise(chromium_page: Page, tmp_path: Path) -> None:
    assert not re.search(r"<[^>]*\s(checked|selected)\b", page())
    opened(chromium_page, tmp_path)
    assert chromium_page.locator(CHOICES).count() > 60
    assert chromium_page.locator(f"{CHOICES}:checked").count() == 0
    assert (
        chromium_page.locator("#sheet-text").inner_text() == "Nothing is chosen or written yet. That is an answer too."
    )


@pytest.mark.parametrize("seed", range(4))
def test_no_answer_hides_an_option_lowers_a_tone_or_changes_an_offer(
    chromium_page: Page, tmp_path: Path, seed: int
) -> None:
    """Equal worth: whatever is answered, and in whichever order, every option says and offers the same."""
    opened(chromium_page, tmp_path)
    before = chromium_page.evaluate(OFFERS)
    assert len(before) == 8
    assert all(offer["seen"] and offer["usable"] for offer in before.values())
    safety = chromium_page.locator("#safety").inner_text()
    chance = random.Random(seed)
    boxes = chromium_page.locator(CHOICES)
    for number in chance.sample(range(boxes.count()), 25):
        chromium_page.evaluate("n => document.querySelectorAll('input[type=checkbox]')[n].click()", number)
        if chance.random() < 0.3:
            assert chromium_page.evaluate(OFFERS) == before
    for area in chromium_page.locator("#own textarea").all():
        area.fill(chance.choice(["I use every day", "I never want to use again", "", "leave me alone"]))
    assert chromium_page.evaluate(OFFERS) == before
    assert chromium_page.locator("#safety").inner_text() == safety
    assert chromium_page.locator("[data-pair]").count() == 28


def test_any_two_answers_swapped_leave_all_words_but_ones_own_page(chromium_page: Page, tmp_path: Path) -> None:
    """Two people who differ in one answer read the same guide, drug by drug and way by way."""
    opened(chromium_page, tmp_path)
    own = "#sheet-text, #options-mine, #values-mine, #hope-mine, #told"
    words = f"""() => {{
      const copy = document.querySelector('#main').cloneNode(true);
      copy.querySelectorAll('{own}').forEach(e => e.remove());
      const runs = [...copy.querySelectorAll('h1, h2, h3, p, dt, dd, label, li')].map(e => e.textContent.trim());
      return runs.sort();
    }}"""
    seen = []
    for name in ("drug", "option", "value"):
        count = chromium_page.locator(f"input[name={name}]").count()
        for number in range(count):
            box = chromium_page.locator(f"input[name={name}]").nth(number)
            box.check()
            seen.append(chromium_page.evaluate(words))
            box.uncheck()
    assert len(seen) == 9 + 8 + 11
    assert all(runs == seen[0] for runs in seen)


def test_the_order_is_the_persons_own_or_chance(chromium_page: Page, tmp_path: Path) -> None:
    orders: set[tuple[str, ...]] = set()
    firsts: set[str] = set()
    opened(chromium_page, tmp_path)
    for _ in range(40):
        keys = chromium_page.evaluate("[...document.querySelectorAll('#options .option')].map(o => o.dataset.key)")
        orders.add(tuple(keys))
        firsts.add(keys[0])
        chromium_page.click("#wipe")
    assert len(orders) > 30
    assert len(firsts) > 4  # each of eight is first once in eight: fewer than five of forty has a chance below 1e-6
    assert chromium_page.evaluate("document.querySelector('.drugs .name').textContent") == "Alcohol"

    def mine() -> list[str]:
        return chromium_page.locator("#options-mine .name").all_text_contents()

    for key in ("stopping", "less", "safer"):
        chromium_page.check(f'#options input[value="{key}"]')
    assert mine() == ["Stopping", "Less", "Nothing for now, but safer"]
    chromium_page.click('#options-mine li[data-key="safer"] [data-act="up"]')
    assert mine() == ["Stopping", "Nothing for now, but safer", "Less"]
    chromium_page.click('#options-mine li[data-key="stopping"] [data-act="down"]')
    assert mine() == ["Nothing for now, but safer", "Stopping", "Less"]
    chromium_page.click('#options-mine li[data-key="stopping"] [data-act="out"]')
    assert mine() == ["Nothing for now, but safer", "Less"]
    assert not chromium_page.is_checked('#options input[value="stopping"]')


def test_ones_order_is_seen_where_one_ticks_and_where_one_orders(chromium_page: Page, tmp_path: Path) -> None:
    opened(chromium_page, tmp_path)
    assert chromium_page.locator("#options-box .none-yet").is_visible()
    assert chromium_page.locator('#change a[href="#options-box"]').is_visible()
    chromium_page.check('#options input[value="stopping"]')
    chromium_page.check('#options input[value="less"]')
    beside = "k => getComputedStyle(document.querySelector(`#options [data-key=${k}] .name`), '::after').content"
    assert "yours, place 2" in chromium_page.evaluate(beside, "less")
    chromium_page.click('#options-mine li[data-key="less"] [data-act="up"]')
    assert "place 1" in chromium_page.evaluate(beside, "less")
    assert not chromium_page.locator("#options-box .none-yet").is_visible()
    chromium_page.click("#wipe")
    assert chromium_page.locator("[data-place]").count() == 0
    assert chromium_page.locator("#options-box .none-yet").is_visible()


def test_every_two_chosen_ways_bring_up_what_lets_both_stand_and_no_more(chromium_page: Page, tmp_path: Path) -> None:
    opened(chromium_page, tmp_path)
    keys = ["safer", "medication", "stopping", "support"]
    for key in keys:
        chromium_page.check(f'#options input[value="{key}"]')
    found = chromium_page.evaluate("[...document.querySelectorAll('#pairs-mine [data-pair]')].map(p => p.dataset.pair)")
    assert {frozenset(two.split()) for two in found} == {frozenset(two) for two in itertools.combinations(keys, 2)}
    assert all(chromium_page.locator(f'[data-pair="{two}"] .change').is_visible() for two in found)
    box = chromium_page.locator('[data-pair="medication support"] input')
    box.check()
    assert "Methadone, and a house that welcomes it." in chromium_page.locator("#sheet-text").inner_text()


def test_the_helpers_hope_is_out_of_sight_until_the_person_opens_it(chromium_page: Page, tmp_path: Path) -> None:
    opened(chromium_page, tmp_path)
    chromium_page.fill("#hope", "that you stop")
    chromium_page.click("#seal")
    assert "that you stop" not in text_of(chromium_page)
    assert not chromium_page.locator("#hope").is_visible()
    chromium_page.fill("#words-want", "to sleep")
    assert not chromium_page.locator("#hopes").is_visible()
    chromium_page.click("#open-hope")
    assert chromium_page.locator("#hope-mine").inner_text() == "to sleep"
    assert chromium_page.locator("#hope-theirs").inner_text() == "that you stop"
    assert "neither is marked" in chromium_page.locator("#hopes").inner_text()


def test_steps_are_named_and_affirmed_and_never_counted(chromium_page: Page, tmp_path: Path) -> None:
    opened(chromium_page, tmp_path)
    steps = chromium_page.locator("input[name=step]")
    for number in range(steps.count()):
        steps.nth(number).check()
    sheet = chromium_page.locator("#sheet-text").inner_text()
    assert "I came back after time away." in sheet
    assert "Each of these counts." in sheet
    assert not re.search(r"\d", sheet)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_in_an_empty_or_a_full_guide(
    chromium_page: Page, tmp_path: Path, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    chromium_page.set_viewport_size({"width": width, "height": 900})
    chromium_page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened(chromium_page, tmp_path)
    assert chromium_page.evaluate("document.documentElement.scrollWidth") <= width
    filled(chromium_page)
    chromium_page.click("#open-hope")
    chromium_page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(chromium_page)
    assert found.violations_count == 0, found.generate_report()
    assert chromium_page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 1280])
def test_letters_twice_as_large_cut_nothing_off(chromium_page: Page, tmp_path: Path, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    chromium_page.set_viewport_size({"width": width, "height": 900})
    opened(chromium_page, tmp_path)
    filled(chromium_page)
    before = chromium_page.evaluate("parseFloat(getComputedStyle(document.querySelector('.lead')).fontSize)")
    session = chromium_page.context.new_cdp_session(chromium_page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    chromium_page.reload()
    filled(chromium_page)
    chromium_page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    after = chromium_page.evaluate("parseFloat(getComputedStyle(document.querySelector('.lead')).fontSize)")
    assert after == pytest.approx(2 * before)
    cut = chromium_page.evaluate(
        """() => [...document.querySelectorAll('main *, header *')].filter(e => {
          const box = e.getBoundingClientRect();
          return box.width && box.height && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('.vh');
        }).map(e => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 40)}`)"""
    )
    assert cut == []
    found = Axe().run(chromium_page)
    assert found.violations_count == 0, found.generate_report()


def test_the_guide_can_be_gone_through_by_keyboard_alone(chromium_page: Page, tmp_path: Path) -> None:
    opened(chromium_page, tmp_path)
    reached: list[str] = []
    done: set[str] = set()
    here = """() => { const e = document.activeElement;
      return [e.id || e.value || e.textContent.trim().slice(0, 30), e.tagName, e.name || '',
        getComputedStyle(e).outlineStyle !== 'none' || e.matches('.skip'), e.getBoundingClientRect().top
        - (e.closest('.bar, .skip') ? 0 : document.querySelector('.bar').getBoundingClientRect().bottom)] }"""
    for _ in range(220):
        chromium_page.keyboard.press("Tab")
        name, tag, group, ringed, top = chromium_page.evaluate(here)
        if tag == "BODY":
            break
        assert ringed, name
        assert top >= -1, name
        reached.append(name)
        if group and group not in done:
            done.add(group)
            chromium_page.keyboard.press("Space")
        if name == "words-want":
            chromium_page.keyboard.type("to sleep")
    assert {"wipe", "seal", "words-want", "print-mine"} <= set(reached)
    assert {"value", "drug", "option", "step"} <= done
    assert len([name for name in reached if name in ("safer", "less", "route", "medication", "stopping")]) == 5
    assert "to sleep" in chromium_page.locator("#sheet-text").inner_text()
    chromium_page.locator("#options-mine [data-act=out]").first.press("Enter")
    assert chromium_page.locator("#options-mine li").count() == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_a_link_leads_to_a_heading_that_can_be_seen(chromium_page: Page, tmp_path: Path, width: int) -> None:
    chromium_page.set_viewport_size({"width": width, "height": 700})
    opened(chromium_page, tmp_path)
    links = chromium_page.locator(".contents a")
    assert links.count() == 5
    for link in links.all():
        target = str(link.get_attribute("href"))
        link.click()
        top = chromium_page.evaluate(
            "t => document.querySelector(t + ' h2').getBoundingClientRect().top"
            " - document.querySelector('.bar').getBoundingClientRect().bottom",
            target,
        )
        assert top >= 0, target


def test_safety_never_leaves_the_screen(chromium_page: Page, tmp_path: Path) -> None:
    opened(chromium_page, tmp_path)
    for width, height in ((320, 640), (390, 844), (1280, 900)):
        chromium_page.set_viewport_size({"width": width, "height": height})
        for share in (0, 0.3, 0.6, 1):
            chromium_page.evaluate("s => scrollTo(0, s * document.documentElement.scrollHeight)", share)
            for number in ("911", "988"):
                box = chromium_page.locator(f'.bar a[href="tel:{number}"]').bounding_box()
                assert box is not None
                assert 0 <= box["y"] <= height / 4, (width, share)
                assert box["height"] >= 44
        assert chromium_page.locator("#wipe").is_visible()


@pytest.fixture
def still_page(chromium: Browser) -> Page:
    """A page in which no script runs."""
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 720, "height": 960})
    return context.new_page()


def test_without_scripts_it_is_a_form_to_print(still_page: Page, tmp_path: Path) -> None:
    opened(still_page, tmp_path)
    shown = still_page.locator("body").inner_text()
    for words in ("What it does not ask", "So that both can stand:", "fold the sheet here", "Number the boxes"):
        assert words in shown
    for words in ("They are shuffled each time", "Wipe this page", "Print my page", "Seal it"):
        assert words not in shown
    assert still_page.locator(".rank").count() == 8 + 11
    assert all(rank.is_visible() for rank in still_page.locator(".rank").all())
    assert still_page.locator("[data-pair] .change").count() == 28
    assert all(change.is_visible() for change in still_page.locator("[data-pair] .change").all())
    labels = still_page.locator("#options .name").all_text_contents()
    assert labels == sorted(labels)
    still_page.emulate_media(media="print")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", still_page.pdf(prefer_css_page_size=True)))
    assert 4 < pages <= 14
    assert not still_page.locator("#options .doors").first.is_visible()
    listed = still_page.locator(".places .doors b").all_text_contents()
    assert "Naloxone" in listed
    assert len(listed) == len(set(listed))  # each need once, with all its places, and every option names its needs
    assert all(
        "See the list of places." in words for words in still_page.locator("#options .on-paper").all_inner_texts()[:8]
    )
    still_page.context.close()


def test_ones_own_page_prints_alone_on_one_leaf_with_numbers_to_call(chromium_page: Page, tmp_path: Path) -> None:
    opened(chromium_page, tmp_path)
    filled(chromium_page)
    chromium_page.click("#open-hope")
    chromium_page.evaluate("print = () => { window.printed = document.body.dataset.print }")
    chromium_page.click("#print-mine")
    assert chromium_page.evaluate("printed") == "mine"
    chromium_page.emulate_media(media="print")
    assert chromium_page.locator("#sheet-text").is_visible()
    assert "911" in chromium_page.locator("#sheet").inner_text()
    assert not chromium_page.locator("#safety").is_visible()
    assert not chromium_page.locator("#print-mine").is_visible()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", chromium_page.pdf(prefer_css_page_size=True))) == 1


@pytest.mark.parametrize("language", ["es"])
def test_another_language_is_the_same_guide(chromium_page: Page, tmp_path: Path, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened(chromium_page, tmp_path, language)
    assert chromium_page.evaluate("document.documentElement.lang") == language
    assert len(chromium_page.evaluate(OFFERS)) == 8
    filled(chromium_page)
    assert Axe().run(chromium_page).violations_count == 0
    chromium_page.click("#wipe")
    assert (
        chromium_page.locator("#told").text_content() != "Wiped. Nothing that you chose or wrote is left on this page."
    )

"""The page of a programme in a browser: three sealed people, opened together; nothing is asked for and nothing kept."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from three_people import KEYS, answer, open_three, opened, same, save, seal, seal_three, words_of

from bothand.ask.programme import write_programme
from bothand.ask.programme.page import ROLES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

THREE = {
    "uses": same(first_visit="no", recovery_in_sight="no", neighbours="cannot", family="no"),
    "staff": same(first_visit="no", recovery_in_sight="partly", neighbours="no"),
    "manager": same(first_visit="no"),
}
KEPT = """async () => [localStorage.length, sessionStorage.length, document.cookie.length,
  (await indexedDB.databases()).length, history.length, window.name.length]"""
FIELDS = """() => [...document.querySelectorAll('input, textarea, select')].map(e =>
  ['radio', 'checkbox'].includes(e.type) ? e.checked : e.type === 'file' ? e.files.length : e.value)"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_programme(tmp_path_factory.mktemp("page"), "en")


@pytest.fixture
def ours(chromium_page: Page, written: Path) -> Page:
    chromium_page.goto(written.as_uri())
    return chromium_page


@pytest.fixture
def still(chromium: Browser, written: Path) -> Iterator[Page]:
    """The page with scripts off."""
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 720, "height": 956})
    page = context.new_page()
    page.goto(written.as_uri())
    yield page
    context.close()


# ---------------------------------------------------------------------------------------- nothing leaves, nothing stays


def test_nothing_is_asked_for_and_nothing_is_kept(
    ours: Page, requests_that_left: list[str], tmp_path: Path, written: Path
) -> None:
    asked: list[str] = []
    said: list[str] = []
    ours.on("request", lambda request: asked.append(request.url))
    ours.on("console", lambda message: said.append(message.text))
    ours.on("pageerror", lambda error: said.append(str(error)))
    ours.reload()
    opened(ours, tmp_path, THREE)
    ours.check('input[value="methadone_places"]')
    ours.click("#agreed")
    save(ours, "#save-now", tmp_path)
    assert requests_that_left == []
    assert [url for url in asked if not url.startswith("blob:")] == [written.as_uri()]
    assert said == []
    kept = ours.evaluate(KEPT)
    assert [kept[at] for at in (0, 1, 2, 3, 5)] == [0] * 5
    assert ours.context.cookies() == []


def test_one_tap_leaves_the_page_as_it_was_first_seen(ours: Page, tmp_path: Path) -> None:
    fields, text = ours.evaluate(FIELDS), words_of(ours, "main")
    sealed = seal_three(ours, tmp_path, THREE)
    answer(ours, "uses", THREE["uses"], {"help_today": "a secret of mine"}, name="Corner House")
    open_three(ours, sealed)
    ours.check('input[value="methadone_places"]')
    ours.click("#agreed")
    ours.click("#wipe")
    assert ours.evaluate(FIELDS) == fields
    assert words_of(ours, "main") == text
    assert "a secret of mine" not in ours.content()
    assert "Corner House" not in ours.content()
    ours.click("#open")
    assert "All three files are needed" in words_of(ours, "#open-says")


# -------------------------------------------------------------------------------------------------------- the seal


def test_a_page_from_a_file_can_seal(ours: Page) -> None:
    assert ours.url.startswith("file:")
    assert ours.evaluate("isSecureContext && Boolean(crypto.subtle)")
    assert ours.is_visible("#seal")
    assert not ours.is_visible("#save-open")


def test_a_sealed_file_tells_no_answer_and_does_not_hold_its_code(ours: Page, tmp_path: Path) -> None:
    answer(ours, "staff", same("no"), {"help_today": "the book on the desk"})
    path, code = seal(ours, tmp_path)
    text = path.read_text("utf-8")
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert set(json.loads(text)) == {"schema", "set", "role", "programme", "made", "sealed"}
    assert set(json.loads(text)["sealed"]) == {"salt", "iv", "words"}
    assert not any(word in text for word in ("help_today", "the book", code, code.replace("-", "")))


def test_two_seals_of_the_same_answers_have_nothing_in_common(ours: Page, tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        answer(ours, "staff", same("no"))
        path, code = seal(ours, tmp_path)
        found.append((json.loads(path.read_text("utf-8"))["sealed"], code))
    (one, first), (other, second) = found
    assert first != second
    assert all(one[part] != other[part] for part in one)


@pytest.mark.parametrize("there", [1, 2])
def test_fewer_than_three_files_open_nothing(ours: Page, tmp_path: Path, there: int) -> None:
    sealed = seal_three(ours, tmp_path, THREE)
    some = dict(itertools.islice(sealed.items(), there))
    ours.set_input_files("#files", [path for path, _ in some.values()])
    for role, (_, code) in some.items():
        ours.wait_for_selector(f"#code-{role}:enabled")
        ours.fill(f"#code-{role}", code)
    ours.click("#open")
    assert "All three files are needed before anything is shown. Missing:" in words_of(ours, "#open-says")
    assert not ours.is_visible("#result")
    assert words_of(ours, "#differ") == ""


def test_one_wrong_code_opens_nothing(ours: Page, tmp_path: Path) -> None:
    sealed = seal_three(ours, tmp_path, THREE)
    ours.set_input_files("#files", [path for path, _ in sealed.values()])
    for role, (_, code) in sealed.items():
        ours.wait_for_selector(f"#code-{role}:enabled")
        ours.fill(f"#code-{role}", code if role != "staff" else sealed["uses"][1])
    ours.click("#open")
    ours.wait_for_selector("#open-says p")
    assert "This code does not open the file of the member of staff" in words_of(ours, "#open-says")
    assert not ours.is_visible("#result")
    assert words_of(ours, "#profile") == ""


def test_a_code_may_be_typed_as_people_type(ours: Page, tmp_path: Path) -> None:
    sealed = seal_three(ours, tmp_path, THREE)
    loose = {
        role: (path, f" {code.lower().replace('-', ' ')} ".replace("0", "o")) for role, (path, code) in sealed.items()
    }
    open_three(ours, loose)
    assert ours.is_visible("#result")


@pytest.mark.parametrize("what", ["role", "programme", "words"])
def test_a_changed_file_does_not_open_and_has_another_mark(ours: Page, tmp_path: Path, what: str) -> None:
    from playwright.sync_api import expect

    sealed = seal_three(ours, tmp_path, THREE)
    path, code = sealed["manager"]
    ours.set_input_files("#files", [one for one, _ in sealed.values()])
    ours.wait_for_selector("#code-manager:enabled")
    mark = words_of(ours, "#in-manager")
    file = json.loads(path.read_text("utf-8"))
    if what == "role":
        (tmp_path / "staff.json").write_text(json.dumps({**file, "role": "staff"}), encoding="utf-8")
        sealed["staff"] = (tmp_path / "staff.json", code)
    else:
        turned = file["sealed"]["words"]
        words = turned[:-8] + ("AAAA" if turned[-8:-4] != "AAAA" else "BBBB") + turned[-4:]
        new = {"programme": "Another"} if what == "programme" else {"sealed": {**file["sealed"], "words": words}}
        (tmp_path / "changed.json").write_text(json.dumps({**file, **new}), encoding="utf-8")
        sealed["manager"] = (tmp_path / "changed.json", code)
    ours.set_input_files("#files", [one for one, _ in sealed.values()])
    for role, (_, each) in sealed.items():
        ours.wait_for_selector(f"#code-{role}:enabled")
        ours.fill(f"#code-{role}", each)
    if what != "role":
        expect(ours.locator("#in-manager")).not_to_have_text(mark)
    ours.click("#open")
    ours.wait_for_selector("#open-says p")
    assert "Else the file was changed." in words_of(ours, "#open-says")
    assert not ours.is_visible("#result")


def test_other_files_two_of_one_person_and_other_statements_are_told(ours: Page, tmp_path: Path) -> None:
    answer(ours, "staff", same())
    path, _ = seal(ours, tmp_path)
    twice = tmp_path / "twice.json"
    twice.write_bytes(path.read_bytes())
    other = tmp_path / "other.json"
    other.write_text("a letter", encoding="utf-8")
    old = tmp_path / "old.json"
    old.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "role": "uses", "set": "000000000000"}), "utf-8")
    ours.set_input_files("#files", [path, twice, other, old])
    ours.locator("#open-says p").nth(2).wait_for()
    told = words_of(ours, "#open-says")
    assert "This is no file of answers from this page: other.json." in told
    assert "Two files are from the member of staff." in told
    assert "This file answers other statements than this page has: old.json." in told


def test_nobody_seals_without_saying_who_and_gaps_are_named(ours: Page, tmp_path: Path) -> None:
    ours.click("#seal")
    assert words_of(ours, "#seal-says") == "Say first who you are."
    assert ours.evaluate("document.activeElement.name") == "role"
    answer(ours, "uses", {key: "yes" for key in KEYS if key not in (KEYS[3], KEYS[9])})
    save(ours, "#seal", tmp_path)
    ours.wait_for_selector(".code")
    assert "Without an answer: 4, 10. You may leave them so." in words_of(ours, "#seal-says")


def test_a_browser_that_cannot_seal_says_so_and_says_so_again_when_opened(
    chromium: Browser, written: Path, tmp_path: Path
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })")
    page.goto(written.as_uri())
    assert page.is_visible("#no-seal")
    assert not page.is_visible("#seal")
    paths = []
    for role, answers in THREE.items():
        answer(page, role, answers)
        paths.append(save(page, "#save-open", tmp_path))
        assert "Whoever has the file can read it." in words_of(page, "#seal-says")
        page.click("#sealing .wipe")
    page.set_input_files("#files", paths)
    page.wait_for_selector("#in-manager p")
    assert "not sealed" in words_of(page, "#in-manager")
    page.click("#open")
    page.wait_for_selector("#result:visible")
    assert words_of(page, "#unsealed") == "Some answers were not sealed. Who kept the file could read them."
    context.close()


# ------------------------------------------------------------------------------------------------------- the result


def test_where_three_people_differ_stands_first_and_no_against_yes_before_the_rest(ours: Page, tmp_path: Path) -> None:
    opened(ours, tmp_path, THREE)
    assert words_of(ours, "#headline") == "You see this in different ways"
    rows = ours.locator("#differ li b").all_inner_texts()
    assert [row.split(". ")[1] for row in rows] == [
        "Each person hears that people recover",
        "Family get help, and are asked in with consent",
        "Neighbours are heard; nobody is sent off for it",
    ]
    assert ours.locator("#differ h3").all_inner_texts() == ["One of you says yes, another says no"]
    assert "uses it: No · staff: Partly · manager: Yes" in words_of(ours, "#differ")
    assert ours.locator("#profile tr.apart").count() == len(rows)
    assert ours.evaluate("document.activeElement.id") == "result"


def test_a_view_against_a_view_comes_before_an_answer_that_is_missing(ours: Page, tmp_path: Path) -> None:
    three = {
        "uses": same(family="cannot", help_today="partly"),
        "staff": {key: word for key, word in same(help_today="cannot").items() if key != "naloxone"},
        "manager": same(),
    }
    opened(ours, tmp_path, three)
    groups = ours.locator("#differ h3").all_inner_texts()
    assert groups == ["Nearer, but not the same", "Someone cannot say, or gave no answer"]
    rows = [part.locator("li b").all_inner_texts() for part in ours.locator("#differ ul").all()]
    assert [[row.split(". ")[1] for row in part] for part in rows] == [
        ["Who uses today gets help today"],
        ["Family get help, and are asked in with consent", "Naloxone to take home, for all"],
    ]
    assert words_of(ours, "#headline") == "You see this in different ways"


def test_where_only_answers_are_missing_nobody_is_said_to_differ(ours: Page, tmp_path: Path) -> None:
    opened(ours, tmp_path, {"uses": same(family="cannot"), "staff": same(), "manager": same()})
    assert words_of(ours, "#headline") == "Where all three of you answered, you agree"


def test_how_each_would_show_it_stands_beside(ours: Page, tmp_path: Path) -> None:
    shown = {"uses": {"recovery_in_sight": "I never heard it."}, "manager": {"recovery_in_sight": "The poster."}}
    open_three(ours, seal_three(ours, tmp_path, THREE, shown))
    assert "uses it: I never heard it." in words_of(ours, "#differ")
    assert "manager: The poster." in words_of(ours, "#differ")


def test_there_is_no_total_anywhere(ours: Page, tmp_path: Path) -> None:
    opened(ours, tmp_path, THREE)
    shown = " ".join(words_of(ours, part) for part in ("#headline", "#profile", "#answers"))
    numbers = {int(number) for number in re.findall(r"\d+", shown)}
    assert numbers <= set(range(1, len(KEYS) + 1))  # the numbers of statements, each once and in its own row
    assert len(re.findall(r"\d+", words_of(ours, "#profile"))) == len(KEYS)
    assert not re.search(r"%|score|of 24|points", shown)


SENTENCES = {
    "yes": "Recovery is in sight here. Nobody is pressed.",
    "no": "Recovery is not in sight here. To people with addiction, silence is not neutral. "
    "People are pressed here, or not told where they stand.",
    "partly": "You do not all see recovery here, or see it only in part. "
    "You do not all find that nobody is pressed, or find it only in part.",
    "cannot": "None of you can say if recovery is in sight here. None of you can say if people are pressed.",
}
ENDS = [
    ("yes", "yes", "Both stand: an end in itself, and a way on."),
    ("no", "yes", "Then it is only a funnel."),
    ("yes", "no", "Then recovery is nobody's task here."),
    ("no", "no", "Then neither stands"),
]


@pytest.mark.parametrize("word", SENTENCES)
def test_recovery_is_visible_and_pressed_or_not_in_sentences(ours: Page, tmp_path: Path, word: str) -> None:
    opened(ours, tmp_path, dict.fromkeys(ROLES, same(word)))
    assert words_of(ours, "#answers p:nth-of-type(1)") == SENTENCES[word]


@pytest.mark.parametrize(("end", "way", "words"), ENDS)
def test_harm_reduction_is_an_end_a_funnel_or_both(ours: Page, tmp_path: Path, end: str, way: str, words: str) -> None:
    answers = same("yes", safer_counts=end, help_today=end, recovery_in_sight=way, start_in_days=way)
    opened(ours, tmp_path, dict.fromkeys(ROLES, answers))
    assert words in words_of(ours, "#answers p:nth-of-type(2)")


def test_each_no_names_whom_it_trades_away_its_repair_and_what_is_known(ours: Page, tmp_path: Path) -> None:
    opened(ours, tmp_path, THREE)
    rows = ours.locator("#traded li")
    assert rows.count() == 4
    first = rows.nth(0).inner_text()
    assert first.startswith("2. Each person hears that people recover")
    assert "It may trade away people with addiction who never hear that there is a way." in first
    assert "No: uses it. Partly: staff." in first
    assert "Tell each person once, write down the day, and let a no be a no." in first
    assert "Change of terms: Are treatment and recovery raised with the person? Offered once" in first
    assert "78 in 100" in first
    ours.locator("#traded li a").first.click()
    link = ours.locator("#traded li a").first.get_attribute("href")
    assert link
    assert ours.is_visible(link)
    assert "Not known. No study in our evidence says what such an agreement changes." in rows.nth(3).inner_text()


def test_where_nobody_says_no_that_is_said_and_doubted(ours: Page, tmp_path: Path) -> None:
    opened(ours, tmp_path, dict.fromkeys(ROLES, same("yes")))
    assert words_of(ours, "#headline") == "All three of you gave the same answers. That is rare. Ask someone who left."
    assert "Nobody said no or partly to any statement." in words_of(ours, "#answers")
    assert ours.locator("#traded li").count() == 0


OFFERS = """() => ({
  statements: [...document.querySelectorAll('#profile th[scope=row]')].map(e => e.textContent),
  services: [...document.querySelectorAll('#terms .services label')].map(e => [e.textContent, e.checkVisibility()]),
  terms: [...document.querySelectorAll('#terms select')].map(e => [e.textContent, e.disabled, e.checkVisibility()]),
  known: [...document.querySelectorAll('#known details')].map(e => [e.textContent, e.checkVisibility()]),
  buttons: [...document.querySelectorAll('#result button, #terms button')].map(e => [e.textContent, e.disabled]),
  sizes: [...document.querySelectorAll('#answers p, #profile th')].map(e => getComputedStyle(e).fontSize),
})"""


def test_no_persons_answer_weighs_more_and_none_takes_an_offer_away(ours: Page, tmp_path: Path) -> None:
    """Whoever of the three said what: the same rows, repairs and offers; only the names change places."""
    seen, offers = [], []
    for order in itertools.permutations(THREE.values()):
        three = dict(zip(ROLES, order, strict=True))
        opened(ours, tmp_path, three)
        rows = ours.locator("#differ li b").all_inner_texts()
        traded = ours.locator("#traded li b").all_inner_texts()
        repairs = ours.locator("#traded .repair, #traded .term, #traded .known").all_inner_texts()
        seen.append((rows, traded, repairs, words_of(ours, "#answers")))
        offers.append(ours.evaluate(OFFERS))
        ours.click("#wipe")
    assert all(one == seen[0] for one in seen)
    assert all(one == offers[0] for one in offers)


def test_no_kind_of_answer_changes_what_is_offered(ours: Page, tmp_path: Path) -> None:
    offers = []
    for word in ("yes", "partly", "no", "cannot"):
        opened(ours, tmp_path, dict.fromkeys(ROLES, same(word)))
        found = ours.evaluate(OFFERS)
        found["sizes"] = sorted(set(found["sizes"]))
        offers.append(found)
        ours.click("#wipe")
    assert all(one == offers[0] for one in offers)


# ---------------------------------------------------------------------------------------------- for every reader


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_axe_finds_nothing_before_and_after_opening(ours: Page, tmp_path: Path, width: int, scheme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    ours.set_viewport_size({"width": width, "height": 900})
    ours.emulate_media(color_scheme=scheme)
    for full in (False, True):
        if full:
            opened(ours, tmp_path, THREE)
            ours.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(ours)
        assert found.violations_count == 0, found.generate_report()
        assert ours.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 1280])
def test_letters_twice_as_large_cut_nothing_off(ours: Page, tmp_path: Path, width: int) -> None:
    ours.set_viewport_size({"width": width, "height": 900})
    session = ours.context.new_cdp_session(ours)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    ours.reload()
    assert ours.evaluate("parseFloat(getComputedStyle(document.querySelector('legend')).fontSize)") == 32
    opened(ours, tmp_path, THREE)
    ours.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    cut = ours.evaluate(
        """() => [...document.querySelectorAll('main *, header *')].filter(e => {
          const box = e.getBoundingClientRect();
          return box.width && box.height && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('.vh');
        }).map(e => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 40)}`)"""
    )
    assert cut == []


def test_it_can_be_answered_sealed_and_opened_by_keyboard_alone(ours: Page, tmp_path: Path) -> None:
    sealed = seal_three(ours, tmp_path, {role: THREE[role] for role in ("uses", "staff")})
    here = "() => { const e = document.activeElement; return [e.id, e.name || '', getComputedStyle(e).outlineStyle] }"
    done: set[str] = set()
    ours.locator("#main").focus()
    for _ in range(200):
        ours.keyboard.press("Tab")
        name, group, ring = ours.evaluate(here)
        assert ring != "none" or name == "files", (name, group)
        if group and group not in done:
            done.add(group)
            ours.keyboard.press("Space")
            if group == "role":
                ours.keyboard.press("ArrowDown")
                ours.keyboard.press("ArrowDown")
        if name == "seal":
            break
    assert done == {"role", *(f"a-{key}" for key in KEYS)}
    with ours.expect_download() as waiting:
        ours.keyboard.press("Enter")
    ours.wait_for_selector(".code")
    path = tmp_path / "mine.json"
    waiting.value.save_as(path)
    sealed["manager"] = (path, ours.inner_text(".code"))
    assert json.loads(path.read_text("utf-8"))["role"] == "manager"
    ours.set_input_files("#files", [one for one, _ in sealed.values()])
    for role, (_, code) in sealed.items():
        ours.wait_for_selector(f"#code-{role}:enabled")
        ours.locator(f"#code-{role}").focus()
        ours.keyboard.type(code)
    ours.locator("#open").focus()
    ours.keyboard.press("Enter")
    ours.wait_for_selector("#result:visible")
    assert ours.locator("#profile td", has_text="Yes").count() > 0


# --------------------------------------------------------------------------------------------------------- on paper


def pages_of(page: Page) -> int:
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))


@pytest.mark.parametrize("word", ["yes", "no"])
def test_the_result_is_one_printed_page_whatever_was_answered(ours: Page, tmp_path: Path, word: str) -> None:
    opened(ours, tmp_path, {"uses": same(word), "staff": same("partly"), "manager": same("cannot")})
    assert pages_of(ours) == 1
    ours.emulate_media(media="print")
    ours.set_viewport_size({"width": 720, "height": 956})
    assert ours.is_visible("#headline")
    assert "Not yet reviewed by anyone of the recovery tradition." in words_of(ours, "#result")
    assert not ours.is_visible("#alone")
    small = ours.evaluate(
        """() => [...document.querySelectorAll('#result *')].filter(e => e.checkVisibility() && e.textContent.trim()
          && parseFloat(getComputedStyle(e).fontSize) < 10.6).map(e => e.textContent)"""
    )
    assert small == []


def test_without_scripts_it_is_a_form_for_three_people_and_a_sheet_to_lay_side_by_side(still: Page) -> None:
    assert still.locator("#paper tbody tr").count() == len(KEYS)
    assert still.locator("#beside tbody tr").count() == len(KEYS) + 3
    assert still.locator("#repairs li").count() == len(KEYS)
    assert still.is_visible("#known")
    for hidden in ("#alone", "#sealing", "#together", "#terms", "#result", "#wipe"):
        assert not still.is_visible(hidden)
    assert "Print the form three times" in still.inner_text("#how")
    assert "sealed file" not in still.inner_text("#how")
    assert pages_of(still) == 4
    still.emulate_media(media="print")
    assert still.locator("#paper").is_visible()


def test_with_scripts_the_form_on_paper_is_printed_too(ours: Page) -> None:
    assert not ours.is_visible("#paper")
    assert pages_of(ours) == 4

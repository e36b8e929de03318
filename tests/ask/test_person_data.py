"""The words of the guide are data: every pair is there, every number is a quantity, naloxone goes with every way."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
from person_page import page, texts
from pyphen import Pyphen

from bothand.ask.language import load_language, read_catalogue
from bothand.ask.person import options as options_room
from bothand.ask.person.guide import load_guide
from bothand.ask.person.numbers import Figure, known_faults, numbers
from bothand.ask.person.options import load_options
from bothand.ask.person.page import person_html
from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.outcomes.values import load_values
from bothand.words import forbidden, reading_grade
from bothand.world.help import HelpLine
from bothand.world.placefile import load_place

DISCLOSURE = (
    "This guide is not neutral: where addiction is present it keeps recovery and life-saving treatment in view. "
    "It does not choose for you. Your worth does not depend on what you choose."
)
HARDEST = 8.0
FEWEST_WORDS = 4
SYLLABLES = Pyphen(lang="en_US")

EVIDENCE = load_evidence()
OPTIONS, PAIRS = load_options(EVIDENCE)
GUIDE = load_guide(EVIDENCE, load_values())


def test_the_page_opens_with_what_it_is_not_neutral_about_word_for_word() -> None:
    first = [words for words, around in texts(page()) if any(tag == "main" for tag, _ in around)]
    assert first[1] == DISCLOSURE
    assert page().count("not medical advice") == 1


def test_the_eight_ways_of_the_issue_are_there() -> None:
    assert [option.key for option in OPTIONS] == [
        *("safer", "less", "route", "medication", "stopping", "support", "people", "other"),
    ]


def test_every_two_options_have_a_change_that_lets_both_stand() -> None:
    keys = [option.key for option in OPTIONS]
    assert {frozenset(pair.options) for pair in PAIRS} == {frozenset(two) for two in itertools.combinations(keys, 2)}
    assert len(PAIRS) == 28
    assert {pair.way for pair in PAIRS} == {"together", "compete"}
    assert len({pair.both for pair in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize(
    ("two", "words"),
    [
        ({"safer", "stopping"}, ("Stop", "naloxone")),
        ({"medication", "support"}, ("Methadone", "house", "welcomes")),
        ({"less", "stopping"}, ("Cut down now", "date")),
    ],
)
def test_the_three_pairs_of_the_issue_say_what_it_asks(two: set[str], words: tuple[str, ...]) -> None:
    [pair] = [pair for pair in PAIRS if set(pair.options) == two]
    assert all(word in pair.both for word in words)


def test_a_missing_pair_and_a_pair_of_nothing_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = (*PAIRS[1:], PAIRS[1], PAIRS[2].model_copy(update={"options": ("safer", "nowhere")}))
    faults = [str(fault) for fault in options_room._pair_faults(OPTIONS, lacking, "pairs.toml")]
    assert len(faults) == 3
    assert "the pair less and safer is missing" in faults[2]
    monkeypatch.setattr(options_room, "_pair_faults", lambda *_: iter([options_room.Fault("pairs.toml", "no")]))
    with pytest.raises(FaultsFound):
        load_options(EVIDENCE)


def test_naloxone_goes_with_every_way_abstinence_included() -> None:
    assert all("naloxone" in option.naloxone for option in OPTIONS)
    assert "stopping and naloxone belong together" in next(o.naloxone for o in OPTIONS if o.key == "stopping")


def test_every_way_is_told_at_a_like_length_so_that_none_is_sold_harder() -> None:
    for part in ("asks", "gives", "wrong", "free"):
        lengths = [len(getattr(option, part).split()) for option in OPTIONS]
        assert min(lengths) >= 8, part
        assert max(lengths) <= 48, part


def test_a_share_a_ratio_and_a_number_needed_to_treat_are_said_out_of_a_hundred() -> None:
    row = EVIDENCE["alcohol_naltrexone_heavy_drinking_nnt"]
    assert numbers(row, "one_in") == {"n": 9, "low": 2, "high": 20}  # 100 / 11, 100 / 41, 100 / 5
    share = replace(row, mean=0.07, low=0.05, high=0.1)
    assert numbers(share, "share") == {"n": 7, "low": 5, "high": 10}
    assert numbers(replace(row, mean=1.21, low=1.03, high=1.42), "more") == {"n": 21, "low": 3, "high": 42}
    assert numbers(replace(row, mean=0.47, low=0.42, high=0.53), "of_each_hundred") == {"n": 47, "low": 42, "high": 53}
    assert numbers(replace(row, mean=40, low=30, high=51), "times") == {"n": 40, "low": 30, "high": 51}


@pytest.mark.parametrize(
    ("key", "form", "text", "told"),
    [
        ("craft_routine_entry", "share", "{n} ({low} to {high})", "unknown quantity"),
        ("rr_odd_2wk_post_release", "share", "{n} ({low} to {high})", "is not a share"),
        ("craft_routine_entry_share", "share", "{n} of 100", "no place for {low}"),
        ("craft_routine_entry_share", "share", "29 of 100 ({n}, {low} to {high})", "a number stands in the sentence"),
    ],
)
def test_a_number_without_its_quantity_is_a_fault(key: str, form: str, text: str, told: str) -> None:
    figure = Figure.model_validate({"key": key, "form": form, "text": text})
    assert any(told in str(fault) for fault in known_faults(figure, EVIDENCE, "options.toml"))


def test_every_number_that_a_person_reads_is_a_quantity_or_a_number_to_call() -> None:
    loose = []
    for words, around in texts(page()):
        marks = [attrs for _, attrs in around]
        keys = [attrs["data-evidence"] for attrs in marks if attrs.get("data-evidence")]
        if keys:
            assert keys[0] in EVIDENCE
            continue
        classes = " ".join(attrs.get("class") or "" for attrs in marks).split()
        called = any(tag == "a" and (attrs.get("href") or "").startswith(("tel:", "sms:")) for tag, attrs in around)
        if re.search(r"\d", words) and not called and not {"source", "sources", "checked"} & set(classes):
            loose.append(words)
    # numbers to call that stand in a name, and addresses
    place = load_place("washtenaw")
    known = [*(line.label for line in place.help_lines), *(door.what for door in place.doors)]
    assert [w for w in loose if not any(w.strip(":") in text for text in known) and w not in ("911", "988")] == []


def test_every_option_has_a_number_with_its_source_or_says_not_known() -> None:
    html = page()
    for option in OPTIONS:
        body = html[html.index(f'data-key="{option.key}"') :]
        body = body[: body.index("</article>")]
        assert ("Not known." in body) == (not option.number)
        for figure in option.number:
            assert f"<code>{figure.key}</code>" in body
    assert [option.key for option in OPTIONS if not option.number] == ["other"]


def test_the_page_names_no_score_no_diagnosis_and_nobody_who_could_compel() -> None:
    seen = " ".join(words.lower() for words, _ in texts(page()))
    for word in ("score", "diagnos", "screening", "probation", "judge", "court", "risk level", "your risk", "%"):
        assert word not in seen, word
    assert "It is not your chance." in page()


def test_every_text_is_person_first() -> None:
    found = [f"{words}: {hit}" for words, _ in texts(page()) for hit in forbidden(words)]
    assert not found


def sentences(html: str) -> list[str]:
    """What a person reads, without sources, addresses and names."""
    left_out = {"source", "sources", "checked", "doors", "word", "numbers"}
    runs: list[str] = []
    for words, around in texts(html):
        classes = {name for _, attrs in around for name in (attrs.get("class") or "").split()}
        if not left_out & classes and not {"code", "b", "template"} & {tag for tag, _ in around}:
            runs += re.split(r"(?<=[.!?:])\s+", words)
    return [run for run in runs if len(run.split()) >= FEWEST_WORDS]


def grade(texts_: list[str]) -> float:
    """Flesch-Kincaid grade (Kincaid et al 1975); syllables by the hyphenation patterns of American English."""
    words = [word for text in texts_ for word in re.findall(r"[A-Za-z']+|\d+", text)]
    syllables = sum(len(SYLLABLES.positions(word.lower())) + 1 for word in words)
    return 0.39 * len(words) / len(texts_) + 11.8 * syllables / len(words) - 15.59


def test_the_page_reads_at_grade_eight_or_below_whole_and_way_by_way() -> None:
    whole = sentences(page())
    assert len(whole) > 200
    found = {"the whole page": grade(whole)}
    for option in OPTIONS:
        own = [option.asks, option.gives, option.wrong, option.free, option.naloxone, option.sure]
        found[option.key] = grade([part for text in own for part in re.split(r"(?<=[.!?:])\s+", text)])
    for danger in GUIDE.danger:
        found[danger.key] = grade(re.split(r"(?<=[.!?:])\s+", f"{danger.head}. {danger.text}"))
    found["the whole page, by groups of vowels"] = reading_grade("\n".join(whole))
    print({name: round(value, 1) for name, value in found.items()})
    assert {name: value for name, value in found.items() if value > HARDEST} == {}


def test_the_guide_says_who_has_not_reviewed_it_in_every_language() -> None:
    assert "not yet reviewed by: a person who uses drugs, a person in recovery" in page()
    assert load_language("person", "es").review in page("es")


def test_every_text_of_the_page_has_a_spanish_one_and_the_catalogue_holds_no_other() -> None:
    english, spanish = load_language("person", "en"), read_catalogue(data_folder() / "ask" / "person" / "es.po")
    head = spanish.pop("")
    assert "machine draft, not reviewed" in head
    person_html("washtenaw", english)
    assert sorted(english.asked - set(spanish)) == []
    assert sorted(set(spanish) - english.asked) == []


def test_a_translation_keeps_the_places_for_numbers() -> None:
    spanish = read_catalogue(data_folder() / "ask" / "person" / "es.po")
    holes = re.compile(r"\{[a-z]+\}")
    assert {e: s for e, s in spanish.items() if sorted(holes.findall(e)) != sorted(holes.findall(s))} == {}


def test_a_line_of_help_without_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="a number to call or to text"):
        HelpLine(key="a", kind="crisis", label="A", what="b", call="", text="", checked_on=None, source="c")


def test_the_lines_of_a_county_stand_beside_those_of_its_state_and_say_when_they_were_read() -> None:
    place = load_place("washtenaw")
    assert {"us_911", "us_988", "washtenaw_cares"} <= {line.key for line in place.help_lines}
    assert all(line.source for line in place.help_lines)
    html = page()
    for line in place.help_lines:
        entry = html[html.index(f"<b>{line.label}</b>") :]
        entry = entry[: entry.index("</li>")]
        assert (str(line.checked_on) if line.checked_on else "unverified") in entry

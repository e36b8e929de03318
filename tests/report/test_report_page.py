"""The report is one file that needs nothing else, says everything of the summary, and says it in order."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from example import HALF, example, full, longest

from bothand.keys import HOPE_WITHOUT
from bothand.report import evidence, groups, layout, picture, summary
from bothand.report import map as map_page
from bothand.report.deciding.found import hope_twice
from bothand.report.doubts import LAW_SIGNS
from bothand.report.lookup import TITLES, Index
from bothand.report.page import render
from bothand.words import forbidden, reading_grade

SIX = (
    "Most people who use alcohol or other drugs are not addicted",
    "Lower-risk use is an appropriate goal for them",
    "Full, sustained recovery is the ideal outcome for people with addiction",
    "No coercion",
    "All change is supported and affirmed",
    "A person’s worth never depends on their goals or current substance use",
)
SHIPPED = Path(__file__).parents[2] / "docs" / "example" / "summary.json"
VOID = {"meta", "link", "br", "col", "input", "img", "hr"}


class Reader(HTMLParser):
    """Collects tags, their attributes and the words outside style, and holds that tags are nested."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> does not close what is open"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).replace("\u00ad", "").split())

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def html() -> str:
    return render(example())


@pytest.fixture(scope="module")
def page(html: str) -> Reader:
    return Reader(html)


def test_the_report_is_one_well_formed_document_of_at_most_a_megabyte_and_a_half(html: str, page: Reader) -> None:
    assert html.startswith("<!doctype html>")
    assert len(html.encode()) <= layout.MOST_BYTES
    assert [a["lang"] for a in page.named("html")] == ["en"]


def test_there_is_one_main_and_one_first_heading_and_no_level_is_skipped(page: Reader) -> None:
    assert len(page.named("main")) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_values_groups_and_the_six_recognitions_are_named_before_any_dollar(page: Reader) -> None:
    before = page.text.split("$", 1)[0]
    for value in example().values:
        assert value.label in before
    assert "without addiction" in before
    assert "with addiction" in before
    for recognition in SIX:
        assert recognition in before


def first_pages(html: str) -> dict[str, str]:
    """The running words of the picture and of side 1 of the sheet: a line for each paragraph, item and title."""
    made = {}
    for name, after in (("picture", "sheet"), ("sheet", "sheet-2")):
        part = html[html.index(f'id="{name}"') : html.index(f'id="{after}"')].split(">", 1)[1]
        part = re.sub(r"<(nav|details|svg|table)\b.*?</\1>", "", part, flags=re.S)
        part = re.sub(r'<p class="(strip|key|leaf-foot)[^"]*".*?</p>|<span class="vh">.*?</span>', "", part, flags=re.S)
        lines = re.sub(r"<[^>]*>?", " ", re.sub(r"</(p|li|h[1-6])>", "\n", part)).split("\n")
        made[name] = "\n".join(" ".join(line.split()) for line in lines if line.split())
    return made


@pytest.mark.parametrize("whole", [example(), longest()], ids=["example", "longest"])
def test_the_first_two_pages_read_at_grade_ten_or_below(whole: summary.Summary) -> None:
    for name, words in first_pages(render(whole)).items():
        assert len(words.split()) > 60, name
        assert reading_grade(words) <= 10, name


def test_values_the_two_groups_and_the_six_recognitions_stand_on_the_first_two_pages(html: str) -> None:
    text = " ".join(
        Reader(html[html.index("<main") : html.index('<section class="page leaf" id="sheet-2"')] + "</main>").words
    )
    for name in [*(v.label for v in example().values), "without addiction", "with addiction", *SIX]:
        assert name in text


def test_the_count_below_the_picture_is_that_of_its_marks_and_assumed_ones_are_not_counted() -> None:
    whole = example()
    for service, count in picture.view(Index(whole)).counts:
        served = {m.value for m in whole.marks if m.service == service.key and m.sign == "serves"}
        sure = [m for m in whole.marks if m.service == service.key and m.sign == "serves" and m.status != "assumed"]
        assert count == len({m.value for m in sure}) <= len(served)
    assert any(m.status == "assumed" for m in whole.marks)


def test_the_key_of_the_picture_names_the_marks_it_holds_and_no_other() -> None:
    whole = example()
    assert {id for id, _, _ in picture.view(Index(whole)).key} == {f"{m.sign}-{m.status}" for m in whole.marks}


def test_a_yardstick_carries_no_verdict_on_the_sheet_and_money_without_use_is_said() -> None:
    html = render(longest())
    sheet = html[html.index('id="sheet"') : html.index('id="sheet-2"')]
    row = next(r for r in re.findall(r"<tr.*?</tr>", sheet, flags=re.S) if "half unspent" in r)
    assert "a second yardstick" in row
    assert 'class="word' not in row
    assert "$0.24M" in row


def test_the_plan_found_by_search_says_so_on_the_sheet_and_among_the_words(html: str, page: Reader) -> None:
    sheet = html[html.index('id="sheet"') : html.index('id="sheet-2"')]
    (row,) = (r for r in re.findall(r"<tr class=.chosen.*?</tr>", sheet, flags=re.S) if "bar-row" in r)
    assert '<span class="sub">found by search</span>' in row
    assert "Found by search: among the plans that give every value" in page.text


def test_every_bill_stands_in_the_table_of_payers() -> None:
    whole = example()
    table = groups.view(Index(whole)).bills
    assert table is not None
    payers = {payer: dict(zip(table.plans, cells, strict=True)) for _, rows in table.parts for payer, cells in rows}
    names = {p.key: p.label for p in whole.plans}
    for bill in whole.bills:
        mean, _ = payers[bill.payer][names[bill.plan]]
        largest = max(abs(bill.usd.low), abs(bill.usd.high)) / 1e6
        assert float(mean.replace("\u2212", "-")) == pytest.approx(bill.usd.mean / 1e6, abs=0.05 * largest + 0.005)


def test_what_a_million_dollars_brings_is_shown_for_every_plan_that_spends_all_the_money() -> None:
    whole = example()
    panels = groups.view(Index(whole)).worth
    assert panels is not None
    assert [row.head for row in panels.rows] == [p.label for p in Index(whole).compared]
    assert groups.view(Index(whole.model_copy(update={"worth": []}))).worth is None


def test_every_pair_stands_in_the_table_behind_the_map_with_what_one_plan_gives_both() -> None:
    whole = example()
    table = map_page.view(Index(whole)).numbers
    assert len(table.rows) == len(whole.pairs)
    assert {len(row) for row in table.rows} == {len(table.heads)}
    first = Index(whole).pairs("values")[0]
    assert first.tension is not None
    assert first.tension_low is not None
    assert first.tension_high is not None
    ends = [round(100 * (1 - end)) for end in (first.tension_high, first.tension_low)]
    assert table.rows[0][-1] == f"{round(100 * (1 - first.tension))} in 100 ({ends[0]} to {ends[1]})"
    bare = [p.model_copy(update={"tension": None}) for p in whole.pairs]
    assert len(map_page.view(Index(whole.model_copy(update={"pairs": bare}))).numbers.heads) == len(table.heads) - 1


def test_the_least_served_value_is_said_as_it_stands_in_the_panel_beside_it(page: Reader) -> None:
    """Beta is the most that any plan could give all values; the plan found gives its least served value less."""
    found = example().both_and
    least = round(100 * min(found.z.values()))
    assert least < round(100 * found.beta)
    assert f"The value it serves least still gets {least} in 100" in page.text
    twice = ", and hope without medication too," if HOPE_WITHOUT in found.z else ""
    assert f"no plan could give every value{twice} more than {round(100 * found.beta)} in 100" in page.text


def test_what_every_value_can_get_is_told_with_hope_asked_twice_where_the_search_asked_it_twice() -> None:
    found = example().both_and
    asked = found.model_copy(update={"z": {**found.z, HOPE_WITHOUT: 0.5}})
    assert hope_twice(asked) == ", and hope without medication too,"
    assert hope_twice(found.model_copy(update={"z": {"respect": 0.5}})) == ""


def test_plans_with_the_same_floors_are_named_together(page: Reader) -> None:
    same = "As others do and even split, for healthy life-years; people in treatment."
    assert f"Gives at least as much as: {same}" in page.text
    assert "Gives less than: As others do, for people who would start later." in page.text


def test_a_service_says_its_law_with_its_sign_and_all_else_that_its_file_says() -> None:
    whole = longest()
    text = Reader(render(whole)).text
    for service in whole.services:
        assert f"{LAW_SIGNS[service.law.word]} {service.law.word}, {service.law.level}" in text
    assert len(set(LAW_SIGNS.values())) == len(LAW_SIGNS) == len(get_args(summary.Law.model_fields["word"].annotation))
    card = next(c for c in evidence.view(Index(whole)).services if "contested" in c.law)
    facts = dict(card.facts)
    assert facts["Coercion"].startswith("an offer (grade 0): same-day start")
    assert facts["Replaces"] == whole.services[0].supplants_note
    assert facts["Federal grants"] == whole.services[0].federal_grants
    assert facts["Not in model"] == "wounds and bacterial infections; kits that clients carry away"
    assert (facts["Not paid by"], facts["A rule ends"]) == ("federal grants", "2027-09-30")
    assert not {"Replaces", "Not paid by", "A rule ends"} & {
        k for c in evidence.view(Index(example())).services for k, _ in c.facts
    }


def test_services_that_are_known_and_not_in_the_study_stand_below_the_others_with_the_reason() -> None:
    off = {
        "key": "x",
        "label": "Safer supply",
        "kind": "harm_reduction",
        "why": "off by default: federal law forbids it",
        "costs": "a client for a year: $13,000",
        "coercion": "an offer (grade 0): an offer",
    }
    known = [summary.KnownService.model_validate(off)]
    text = Reader(render(example().model_copy(update={"also_known": known}))).text
    assert "Also known, and why not in this study" in text
    cells = "Safer supply Harm reduction off by default: federal law forbids it a client for a year: $13,000 an offer"
    assert cells in text
    assert "Also known" not in Reader(render(example())).text


def test_a_service_says_who_else_can_pay() -> None:
    whole = example()
    payers = ["federal grants: no, since 24 April 2026 (a letter bars test strips)"]
    services = [service.model_copy(update={"other_payers": payers}) for service in whole.services]
    cards = evidence.view(Index(whole.model_copy(update={"services": services}))).services
    assert {dict(c.facts)["Who else can pay"] for c in cards} == set(payers)


def test_a_service_that_adds_to_what_is_there_replaces_nothing() -> None:
    whole = longest()
    adds = [s.model_copy(update={"supplants": False, "supplants_note": "adds beds"}) for s in whole.services]
    cards = evidence.view(Index(whole.model_copy(update={"services": adds}))).services
    assert {dict(c.facts)["Replaces"] for c in cards} == {"nothing: adds beds"}


def test_horizons_years_and_the_test_fit_are_those_of_the_run() -> None:
    whole = example()
    study = whole.study.model_copy(update={"last_day": "2035-12-31"})
    outcomes = [o for o in whole.outcomes if o.horizon not in ("10", "18")]
    fit = whole.fit.model_copy(update={"test_years": (2016, 2019)})
    text = Reader(render(whole.model_copy(update={"study": study, "outcomes": outcomes, "fit": fit}))).text
    assert "What each payer pays over 10 years" in text
    assert "after 1 and 5 years and over the lives of everyone alive then." in text
    assert "test fit: 2016 to 2019 carried forward" in text


RENDERED = """
import hashlib, sys
from bothand.report.page import render
from bothand.report.summary import Summary
for path in sys.argv[1:]:
    print(hashlib.sha256(render(Summary.model_validate_json(open(path, encoding="utf-8").read())).encode()).hexdigest())
"""


def test_the_same_summary_is_the_same_page_however_sets_are_ordered(tmp_path: Path) -> None:
    made_up = tmp_path / "summary.json"
    made_up.write_text(full().model_dump_json(), "utf-8")
    command = [sys.executable, "-c", RENDERED, str(SHIPPED), str(made_up)]
    pages = {
        subprocess.check_output(command, text=True, env={**os.environ, "PYTHONHASHSEED": seed}) for seed in ("1", "2")
    }
    assert len(pages) == 1


def test_money_for_each_person_agrees_with_the_numbers_beside_it(page: Reader) -> None:
    money = example().money
    each = round(money.per_year / money.people_with_addiction.mean)
    assert f"or ${each} each a year" in page.text


def test_worse_off_is_said_with_its_margin() -> None:
    whole = example()
    margin = whole.judgements[0].model_copy(update={"key": "no_worse_margin", "mean": 0.001})
    text = Reader(render(whole.model_copy(update={"judgements": [margin, *whole.judgements]}))).text
    assert "no group loses healthy life-years by more than 1 in 1,000 of what it has" in text
    assert "No group at all loses healthy life-years by more than 1 in 1,000 of what it has:" in text


def test_the_half_spent_yardstick_is_not_among_the_plans_that_are_compared() -> None:
    assert HALF not in {p.key for p in Index(longest()).compared}
    assert HALF in {p.key for p in Index(longest()).funded}


def test_a_long_source_is_cut_in_the_table_and_stands_whole_below_it() -> None:
    whole = example()
    source = "Judged from " + " and ".join(f"study number {n}" for n in range(20))
    row = whole.judgements[0].model_copy(update={"source": source})
    text = Reader(render(whole.model_copy(update={"judgements": [row]}))).text
    assert text.count(source) == 1
    assert "\u2026" in text


def test_no_request_leaves_the_page_and_no_script_runs(html: str, page: Reader) -> None:
    assert page.named("script") == []
    for tag, attrs in page.tags:
        for name in ("src", "href", "xlink:href", "srcset", "action", "poster"):
            target = attrs.get(name)
            assert target is None or target.startswith("#") or target == "data:,", f"<{tag} {name}={target}>"
    style = html[html.index("<style>") : html.index("</style>")]
    assert "@import" not in style
    assert re.findall(r"url\((?!#)", style) == []


def test_links_within_the_page_lead_somewhere_and_no_id_is_used_twice(page: Reader) -> None:
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.tags:
        target = attrs.get("href") or ""
        assert not target.startswith("#") or target[1:] in ids, target
        for reference in (attrs.get("aria-labelledby") or "").split():
            assert reference in ids, reference


def test_every_spoken_drawing_says_what_happens_and_every_other_one_is_hidden(page: Reader) -> None:
    spoken = [a for a in page.named("svg") if a.get("role") == "img"]
    assert spoken
    assert all(". " in (a.get("aria-label") or "") for a in spoken)
    assert not any("chart showing" in (a.get("aria-label") or "").lower() for a in spoken)
    named = [tag for tag, _ in page.tags if tag in ("title", "desc")]
    assert named.count("desc") == len(spoken)
    outside = re.findall(r"<svg\b[^>]*>", render(example()))
    for head in outside:
        nested = "overflow=" in head or re.search(r'^<svg x="', head)
        decorative = 'class="mark' in head
        assert nested or decorative or "role=" in head or "aria-hidden" in head, head


def test_every_table_has_a_caption_and_every_head_a_scope(page: Reader) -> None:
    assert len(page.named("caption")) == len(page.named("table"))
    assert all(a.get("scope") in {"col", "row", "colgroup", "rowgroup"} for a in page.named("th"))


def test_findings_are_the_titles(page: Reader) -> None:
    for finding in example().findings:
        assert finding.text in page.text


def test_a_run_without_findings_has_plain_titles() -> None:
    text = Reader(render(example().model_copy(update={"findings": []}))).text
    for key in ("picture", "sheet_1", "sheet_2", "map", "groups", "recovery", "horizon", "requests", "bills", "fit"):
        assert TITLES[key] in text


def test_markup_in_names_is_shown_as_text() -> None:
    nasty = "<script>alert('x')</script> & \"quoted\" </style>"
    whole = example()
    study = whole.study.model_copy(update={"place": nasty, "label": nasty, "data_as_of": nasty, "notice": nasty})
    plans = [p.model_copy(update={"label": nasty}) for p in whole.plans]
    groups = [g.model_copy(update={"label": nasty, "short": nasty}) for g in whole.groups]
    values = [v.model_copy(update={"label": nasty}) for v in whole.values]
    html = render(whole.model_copy(update={"study": study, "plans": plans, "groups": groups, "values": values}))
    assert "<script" not in html
    assert html.count("</style>") == 1
    assert "<script>alert('x')</script>" in Reader(html).text


def test_every_verdict_of_the_sheet_is_written_out_beside_its_mark(html: str) -> None:
    whole = example()
    sheet = html[html.index('id="sheet"') : html.index('id="sheet-2"')]
    rows = [v for v in whole.verdicts if v.reference == "as_others_do" and v.indicator == "healthy_life_years"]
    for word, label in (("gains", "gains"), ("loses", "loses"), ("cannot_tell", "cannot tell")):
        expected = sum(v.verdict == word for v in rows)
        assert expected > 0
        assert sheet.count(f'<span class="word w-{word}" aria-hidden="true">{label}</span>') == expected


def test_no_verdict_is_said_in_colour_alone(html: str) -> None:
    """Every cell with a triangle holds the word."""
    for cell in re.findall(r"<td[^>]*>(?:(?!</td>).)*class=\"tri\".*?</td>", html, flags=re.S):
        assert "loses" in re.sub(r'class="[^"]*"', "", cell)


def test_a_changed_number_changes_the_page_and_only_there() -> None:
    whole = example()
    before = Reader(render(whole)).text
    money = whole.money.model_copy(update={"per_year": 812345.0})
    after = Reader(render(whole.model_copy(update={"money": money}))).text
    assert "$812,345 a year" in after
    assert (
        "$750,000 a year"
        not in after.replace(whole.findings[6].text, "").replace(TITLES["map_deck"], "").split("The map of both/and")[0]
    )
    assert len(before.split()) == len(after.split())


def test_every_judgement_and_every_unverified_row_is_listed(page: Reader) -> None:
    whole = example()
    assert page.text.count("the interval is a judgement") == len(whole.judgements)
    for row in whole.unverified:
        assert row.description in page.text


def test_every_indicator_that_was_run_is_shown_for_every_plan(page: Reader) -> None:
    whole = example()
    ran = {outcome.indicator for outcome in whole.outcomes}
    for indicator in whole.indicators:
        assert indicator.label in page.text or indicator.key not in ran
    table = page.text[page.text.index("Everything counted, in ten years") :]
    for plan in whole.plans[1:]:
        assert plan.label in table


def test_losers_are_named_with_how_and_the_cheapest_repair(page: Reader) -> None:
    for loser in example().losers:
        assert loser.mechanism in page.text
        assert loser.repair in page.text


def test_ranges_are_said_with_to_and_minus_is_a_true_minus(page: Reader) -> None:
    text = re.sub(r"\d{4}-\d{2}(-\d{2})?|\d{4}-\d{4}", "", page.text)
    assert "±" not in text
    assert re.findall(r"(?<![\w.])-\d", text) == []
    assert re.findall(r"\d–\d", text) == []


def test_no_number_has_more_than_two_figures_where_it_is_uncertain(html: str) -> None:
    for said in re.findall(r'<span class="n">([^<]*)</span>', html):
        digits = re.sub(r"[^0-9.]", "", said).strip(".").lstrip("0.").replace(".", "").rstrip("0")
        assert len(digits) <= 2, said


def test_public_words_are_person_first(page: Reader) -> None:
    assert forbidden(page.text) == []


def test_plans_without_a_rank_share_one_shape(html: str) -> None:
    """Neighbours that cannot be told apart are joined: one shape for each run of them."""
    whole = example()
    runs = 0
    for ranks in (whole.best_guess, *(d.ranks for d in whole.deciding)):
        order = sorted(ranks, key=lambda r: -r.healthy_life_years)
        runs += sum(a.rank is None and (n == 0 or order[n - 1].rank is not None) for n, a in enumerate(order))
    assert runs == 3
    assert html.count('class="tie"') == runs


def test_a_page_left_without_its_data_is_left_out_rather_than_empty() -> None:
    bare = example().model_copy(
        update={"pairs": [], "all_at_once": [], "requests": [], "bills": [], "losers": [], "deciding": [], "checks": []}
    )
    assert "What each payer pays" not in Reader(render(bare)).text


def test_the_same_summary_gives_the_same_page_to_the_byte(html: str) -> None:
    again = summary.Summary.model_validate_json(example().model_dump_json())
    assert render(again) == html

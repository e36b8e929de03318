"""The dispute register: both sides, their sources, and beliefs that are rows of the evidence; every fault in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.world.disputes.loading import load_disputes
from bothand.world.disputes.register import Dispute
from bothand.world.service import load_service
from faulty import Change, line_of, write
from world.test_disputes import PULLED_APART

EVIDENCE = load_evidence()
LEVERAGE = (
    *("kits_in_the_right_hands", "naloxone_per_event", "day_one_places_full", "criterion_of_recovery"),
    *(
        "utility_scale",
        "risk_after_release",
        "who_pays",
        "diminishing_returns",
        "return_after_first_year",
        "prevalence",
    ),
)
KINDS = ("count", "survey", "records", "cohort", "trial")
OF_THE_REVIEW = 20  # disagreements that the evidence review lists; four of them stand among those of most leverage
SAME = 4

SOUND = """
key = "own"
label = "our own"
note = "a test"

[[dispute]]
key = "how_many_kits"
claim = "Kits reach people."
about = "a fact"
services = ["community_naloxone"]
settled_by = "a count"

[[dispute.side]]
label = "they do"
says = "They do."
sources = [{ row = "effective_kit_share", detail = "high end" }]
belief = { quantity = { effective_kit_share = 0.4 }, interval = { effective_kit_share = [0.3, 0.5] } }

[[dispute.side]]
label = "they do not"
says = "They do not."
sources = [{ citation = "A count 2026", locator = "page 1" }]
belief = { quantity = { effective_kit_share = 0.03 } }

[[dispute]]
key = "whose_scale"
claim = "The public knows."
about = "values"
settled_by = "nothing"

[[dispute.side]]
label = "it does"
says = "It does."
sources = [{ row = "u_injecting" }]
belief = { choose = { utility_scale = "public" } }

[[dispute.side]]
label = "it does not"
says = "It does not."
sources = [{ row = "u_injecting" }]
belief = { none = "a matter of values" }
"""


def shipped() -> tuple[Dispute, ...]:
    return load_disputes(EVIDENCE)


def read(folder: Path, *changes: Change) -> tuple[Dispute, ...]:
    return load_disputes(EVIDENCE, [write(folder / "own.toml", SOUND, *changes)])


# ------------------------------------------------------------------------------------------------------- what ships


def test_the_disputes_with_most_leverage_come_first_and_the_rest_of_the_review_follows() -> None:
    keys = [dispute.key for dispute in shipped()]
    assert tuple(keys[: len(LEVERAGE)]) == LEVERAGE
    assert len(keys) == len(LEVERAGE) + OF_THE_REVIEW - SAME + 8
    assert len(set(keys)) == len(keys)


def test_what_pulls_apart_in_print_stands_in_the_register_too() -> None:
    named = {service for dispute in shipped() for service in dispute.services}
    assert {service for service, _ in PULLED_APART.values()} <= named


def test_a_dispute_names_services_that_say_themselves_what_is_disputed() -> None:
    for dispute in shipped():
        for service in dispute.services:
            assert load_service(service).disputes, (dispute.key, service)


def test_a_side_without_a_belief_says_why_in_words() -> None:
    for dispute in shipped():
        for side in dispute.side:
            assert side.belief.kinds == ("none",) or not side.belief.none
            assert len((side.belief.none or "long enough").split()) > 1


def test_what_no_study_settles_is_about_values() -> None:
    for dispute in shipped():
        if dispute.settled_by.startswith("No study:"):
            assert dispute.about == "values", dispute.key


def test_ends_of_an_interval_are_the_rows_own_where_a_side_gives_no_number() -> None:
    """A belief whose note says "low end" or "high end" is that end of its row, to the digit."""
    seen = 0
    for dispute in shipped():
        for side in dispute.side:
            note = side.belief.note or ""
            for end in ("low", "high"):
                if note.startswith((f"the {end} end of the row", f"the {end} ends of the rows")):
                    for key, value in side.belief.quantity.items():
                        assert value == getattr(EVIDENCE[key], end), (dispute.key, key)
                        seen += 1
    assert seen > len(LEVERAGE)


# ----------------------------------------------------------------------------------------------------------- faults


def test_a_sound_file_is_read_as_it_stands(tmp_path: Path) -> None:
    first, second = read(tmp_path)
    assert first.side[0].belief.quantity == {"effective_kit_share": 0.4}
    assert first.side[0].belief.interval == {"effective_kit_share": (0.3, 0.5)}
    assert second.side[0].belief.choose == {"utility_scale": "public"}
    assert second.side[1].belief.kinds == ("none",)


LOW = "quantity = { effective_kit_share = 0.03 }"
SCALE = 'choose = { utility_scale = "public" }'
VALUES = 'none = "a matter of values"'


@pytest.mark.parametrize(
    ("change", "words", "nearest"),
    [
        ((LOW, "quantity = { efective_kit_share = 0.03 }"), "unknown quantity 'efective", "effective_kit_share"),
        ((LOW, "quantity = { prob_witnessed = 1.3 }"), "from 0 to 1; found 1.3", None),
        ((LOW, "quantity = { cost_kit = -5.0 }"), "at least 0; found -5", None),
        ((LOW, "quantity = { hcs_opioid_deaths_rr = 0.9 }"), "is a check row, which drives no result", None),
        ((LOW, "quantity = { overdose_rate = 0.1 }"), "'choose', set 'overdose_definition'", None),
        ((LOW, "quantity = { oxford_house_return_hr = 0.5 }"), "is computed from oxford_house", None),
        ((LOW, "quantity = { return_1_to_5 = 0.9 }"), "break an order that the evidence keeps", None),
        ((LOW, "quantity = { effective_kit_share = 0.4 }"), "both sides believe the same", None),
        ((LOW, f'{LOW}, reach = "linear"'), "a belief gives one of", None),
        ((LOW, 'note = "nothing"'), "found none of them", None),
        ((LOW, 'reach = "lineal"'), "allowed: to the ceiling, half the ceiling, linear", "linear"),
        ((SCALE, 'choose = { utility_scales = "public" }'), "there are no alternatives", "utility_scale"),
        ((SCALE, 'choose = { utility_scale = "publik" }'), "is no option of 'utility_scale'", "public"),
        (("[0.3, 0.5]", "[0.1, 0.2]"), "is outside its interval", None),
        (("[0.3, 0.5]", "[0.3, -1.0]"), "is outside its interval", None),
        (("interval = { effective_kit_share", "interval = { prob_witnessed"), "an interval but no value", None),
        (
            ('{ row = "effective_kit_share", ', '{ row = "effective_kit_shar", '),
            "unknown quantity",
            "effective_kit_share",
        ),
        (('locator = "page 1"', 'detail = "page 1"'), "'citation' and 'locator' belong together", None),
        (('{ citation = "A count 2026", locator = "page 1" }', '{ detail = "page 1" }'), "'row' or 'citation'", None),
        (('["community_naloxone"]', '["comunity_naloxone"]'), "there is no service", "community_naloxone"),
        (('label = "they do not"', 'label = "they do"'), "the two sides have the same name", None),
        (('key = "whose_scale"', 'key = "how_many_kits"'), "stands twice", None),
        (('key = "own"', 'key = "ours"'), "is not the file's name", "own"),
        (('about = "a fact"', 'about = "fact"'), "allowed: a fact, values", "a fact"),
        (('settled_by = "a count"\n', ""), "the key 'settled_by' is missing", None),
        (('says = "They do."', 'say = "They do."'), "unknown key 'say'", "says"),
        (('says = "They do."', 'says = "<b>They do.</b>"'), "may not stand in a name or a text", None),
    ],
)
def test_a_fault_is_told_in_plain_words(tmp_path: Path, change: Change, words: str, nearest: str | None) -> None:
    with pytest.raises(FaultsFound) as found:
        read(tmp_path, change)
    met = [fault for fault in found.value.faults if words in fault.message]
    assert met, found.value
    assert all(fault.line and fault.where and fault.file.endswith("own.toml") for fault in met)
    assert nearest is None or nearest in {fault.nearest for fault in met}


def test_a_dispute_with_one_side_or_three_is_refused(tmp_path: Path) -> None:
    third = SOUND[SOUND.index("[[dispute.side]]") : SOUND.index('[[dispute.side]]\nlabel = "they do not"')]
    for change in ((third, ""), (third, third * 2)):
        with pytest.raises(FaultsFound, match=r"at (least|most) 2 entries"):
            read(tmp_path, change)


def test_every_fault_is_told_in_one_pass_on_its_line(tmp_path: Path) -> None:
    changes = ((LOW, "quantity = { prob_witnessed = 1.3 }"), (SCALE, 'choose = { utility_scale = "publik" }'))
    with pytest.raises(FaultsFound) as found:
        read(tmp_path, *changes, (VALUES, "quantity = { nonsense = 1.0 }"))
    assert len(found.value.faults) == 3
    path = tmp_path / "own.toml"
    lines = [
        line_of(path, part)
        for part in ("belief = { quantity = { prob_w", "belief = { choose", "belief = { quantity = { non")
    ]
    assert sorted(fault.line or 0 for fault in found.value.faults) == sorted(lines)


def test_a_faulty_file_does_not_hide_the_faults_of_another(tmp_path: Path) -> None:
    one, other = tmp_path / "own.toml", tmp_path / "other.toml"
    write(one, SOUND, (LOW, "quantity = { nonsense = 1.0 }"))
    other.write_text("key = ", encoding="utf-8")
    with pytest.raises(FaultsFound) as found:
        load_disputes(EVIDENCE, [one, other])
    assert {Path(fault.file).name for fault in found.value.faults} == {"own.toml", "other.toml"}


def test_a_dispute_about_values_asks_for_no_study_and_what_each_kind_of_study_costs_is_a_row_in_dollars() -> None:
    found = load_disputes(EVIDENCE)
    assert {one.study for one in found if one.about == "values"} == {None}
    assert {one.study for one in found if one.study} == set(KINDS)
    assert [one.key for one in found if one.about == "a fact" and not one.study] == ["cost_to_society"]
    for kind in KINDS:
        row = EVIDENCE[f"study_cost_{kind}"]
        assert (row.unit, row.role, row.grade) == ("USD", "context", "judgement")
        assert 0 < row.low < row.mean < row.high
        named = [key.strip() for key in row.judged_from.split(";")]
        assert named
        assert all(EVIDENCE[key].source for key in named)

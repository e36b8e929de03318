"""Where values pull apart in print, the files say both positions and name a source."""

from __future__ import annotations

import re

import pytest

from bothand.evidence.tables import load_evidence
from bothand.files import available
from bothand.world.service import load_service, load_services
from bothand.world.terms import load_terms

ONE, OTHER = "One side: ", "The other: "
NAMED = re.compile(r"\b(?:19|20)\d\d\b|Massachusetts|Exhibit E|federal guidance")  # a dated work, or what was read
PULLED_APART = {
    "naloxone and the risks that people take": ("community_naloxone", "risks"),
    "a centre and crime": ("overdose_prevention_centre", "crime"),
    "rewards and a person's own reasons": ("contingency_management", "reasons"),
    "deciding for a person": ("compulsory_treatment", "decide for a person"),
    "recovery housing and medication": ("recovery_housing", "shut out medication"),
    "houses that residents chose, and medication": ("abstinence_chosen_recovery_housing", "shut out medication"),
    "safer supply": ("safer_supply", "save lives"),
    "syringe services and the law": ("syringe_services", "county pay"),
    "withdrawal management alone": ("withdrawal_management_alone", "save lives"),
}


@pytest.mark.parametrize(("service", "about"), PULLED_APART.values(), ids=PULLED_APART)
def test_a_published_dispute_stands_in_its_services_file_with_both_positions_and_a_source(
    service: str, about: str
) -> None:
    found = [d for d in load_service(service).disputes if about in d.partition(ONE)[0]]
    assert len(found) == 1
    question, _, rest = found[0].partition(ONE)
    one, _, other = rest.partition(OTHER)
    assert question.strip().endswith("?")
    assert one.strip()
    assert other.strip()
    assert NAMED.search(rest)


def test_what_people_want_and_who_lives_is_a_dispute_of_whose_choice_with_its_row() -> None:
    found = [d for d in load_terms()["whose_choice"].dispute if "fewer lives" in d.claim]
    assert len(found) == 1
    assert found[0].one
    assert found[0].other
    assert all(key in load_evidence() for key in found[0].evidence)
    assert found[0].evidence


def test_who_gives_one_side_gives_the_other() -> None:
    for service in load_services(available("services")):
        for words in service.disputes:
            assert words.count(ONE) == words.count(OTHER) <= 1, (service.key, words)
            assert words.find(ONE) < words.find(OTHER) or ONE not in words

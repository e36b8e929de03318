"""The map over dollars and terms, in the summary's words."""

from __future__ import annotations

from collections.abc import Mapping

from bothand.decide.pairs import Pair, lane
from bothand.experiments.results import Results
from bothand.experiments.what_if.ways import PLACES, Way, Ways
from bothand.findings.said.claim import Said
from bothand.report.summary.deciding.ways import OnTerms, WayPart
from bothand.words import first_up, in_sentence
from bothand.world.terms import load_terms

PLACES_LABEL = "Places for the people it starts"
PLACES_WORDS = {"own": "they bring places of their own", "queue": "they share the places there are"}


def on_terms(results: Results, pair: Pair, most: float) -> OnTerms | None:
    """Return what a pair costs where terms may change, at most ``most`` budgets; None unless it was run."""
    if results.ways is None:
        return None
    found = next((p for p in (*results.ways.values, *results.ways.groups) if (p.a, p.b) == (pair.a, pair.b)), None)
    if found is None:
        return None
    return OnTerms(
        price=min(found.multiple, most),
        lane=lane(min(found.multiple, most), pair.error) if found.chosen else pair.lane,
        chosen=[way_part(way) for way in found.chosen],
        hardest=way_part(found.worst[0]) if found.worst else None,
        hardest_price=min(found.worst[1], most) if found.worst else None,
    )


def way_part(way: Way) -> WayPart:
    """Return a way to run a service in words."""
    if way.term == PLACES:
        label, was, now = PLACES_LABEL, PLACES_WORDS[way.was], PLACES_WORDS[way.now]
    else:
        term = load_terms()[way.term]
        label, was, now = term.label, term.of(way.was).label, term.of(way.now).label
    return WayPart(service=way.service, term=label, was=was, now=now, coercion=way.grade)


def findings(results: Results) -> list[Said]:
    """Return the finding of a full run: how many pairs cost less on other terms, and what makes most cost more."""
    if results.ways is None:
        return []
    labels = {service.key: service.label for service in results.setting.services}
    return [Said("map_terms", _text(results, results.ways, labels), {}, rests_on="nothing")]


def _text(results: Results, ways: Ways, labels: dict[str, str]) -> str:
    pairs = ways.values
    before = {(p.a, p.b): p.price.multiple for p in results.found.value_pairs}
    cheaper = [p for p in pairs if p.chosen]
    said = f"On no other terms does any of the {len(pairs)} pairs of values cost less."
    if cheaper:
        best = max(cheaper, key=lambda p: before[p.a, p.b] - p.multiple)
        saved = before[best.a, best.b] - best.multiple
        change = said_of(way_part(best.chosen[0]), labels)
        verb = "costs" if len(cheaper) == 1 else "cost"
        said = (
            f"On other terms, {len(cheaper)} of {len(pairs)} pairs of values {verb} less, "
            f"by {saved:.2f} of a budget at most: {change}."
        )
    hardest: dict[str, list[Way]] = {}
    for pair in pairs:
        if pair.worst:
            hardest.setdefault(pair.worst[0].name, []).append(pair.worst[0])
    if hardest:
        most = max(hardest.values(), key=len)
        said += f" What would make {len(most)} pairs cost more is this. {first_up(said_of(way_part(most[0]), labels))}."
    return said


def said_of(way: WayPart, labels: Mapping[str, str]) -> str:
    """Return a way to run a service as it stands in a sentence."""
    return f"{in_sentence(labels[way.service])}, {in_sentence(way.term)}: {way.now} in place of {way.was}"

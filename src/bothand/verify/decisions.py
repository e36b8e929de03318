"""The published cases of deciding, each answered by the rooms that decide: one row for each answer that was published.

A case is a JSON file with inputs, what was published and its tolerance. It has no model, so its numbers go straight to
the functions they test, one function of this file a case: how equally lives are spread, the frontier of costs, rules
for a table of states, what learning is worth, how far people agree, weights and the ranks that follow, what a life-year
is worth, how far two values can be had at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtri

from bothand.decide.agreement import histograms
from bothand.decide.agreement.opinions import opinions
from bothand.decide.agreement.rankings import kendall_w
from bothand.decide.doubt import best, perfect_information
from bothand.decide.frontier import frontier
from bothand.decide.ideals import common, find_ideals
from bothand.decide.information import means_seen, partial_information, sample_information
from bothand.decide.pairs import pair
from bothand.decide.surfaces import Surface
from bothand.decide.weights import acceptability, all_weights, best_worst, choice_entropy, pairwise_weights, sample
from bothand.decide.weights.payoff import hurwicz, laplace, regret_table, savage, wald
from bothand.engine.arrays import Floats
from bothand.faults import Fault, FaultsFound, nearest
from bothand.outcomes.equal_worth import gained
from bothand.outcomes.equity import ede, ede_change, equity_weights, inequality
from bothand.verify.answers import Answer, distance

Table = Mapping[str, Any]
Row = tuple[str, Any, Any, float]
"""What was asked, the answer, what was published, and how far apart they may be."""

LEVELS = 100  # MATH: steps of a curve; all points that the closed forms ask for are among them
WEIGHTS = 40_000  # MATH: draws of weights; the case allows what 10,000 give
EVLY = 0.851  # UNIT: quality of a year gained, by the published case
NORD = 1  # UNIT: the same by Nord et al. 1999
RELATIVE = 10.95  # UNIT: an aversion that a case names in words, as the next two
ABSOLUTE = 0.15  # UNIT: per year of life
STRONG = 5  # UNIT: no unit, as the first
QUARTER = 0.25  # MATH: the status quo of one closed form, from which x can go up or down
TIMES = 7  # MATH: what a value is multiplied by, which may change nothing
PARTS = 10  # MATH: draws that stand for the states of a table, each as many as its tenths of probability
DRAWS = 100_000  # UNIT: draws with which a case of learning is answered, as the case itself asks
ERRORS = 3  # MATH: standard errors within which such an answer must lie
DIGITS = 4  # MATH: decimals of that limit


def run_decision(path: Path) -> list[Answer]:
    """Answer a case file, in the order in which its answers are published.

    Raises FaultsFound when the file cannot be read or is none of the known cases.
    """
    name = path.stem
    if name not in CASES:
        message = f"there is no published decision called '{name}'; known: {', '.join(CASES)}."
        raise FaultsFound([Fault(str(path), message, nearest=nearest(name, CASES))])
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FaultsFound([Fault(str(path), f"the case cannot be read: {error}.")]) from error
    try:
        return [_answer(name, row) for row in CASES[name](document)]
    except (KeyError, TypeError) as error:
        raise FaultsFound([Fault(str(path), f"the case lacks what it is asked for: {error}.")]) from error


def _answer(case: str, row: Row) -> Answer:
    asked, value, expected, limit = row
    value = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
    error = distance(value, expected, relative=False)
    return Answer(case, asked, "", value, expected, {"abs": limit}, error <= limit, error)


def _equity(document: Table) -> Iterator[Row]:
    given, published, computed = (document[k] for k in ("inputs", "expected_published", "expected_computed"))
    h, s = np.array(given["health"]), given["weights"]
    after, lives = h + given["delta_health"], given["atkinson_health"]
    change = ede_change(h, after, s, 1)
    worth = equity_weights(h, s, RELATIVE), equity_weights(h, s, ABSOLUTE, "kolm")
    found = {
        "ede_eta0": ede(h, s, 0),
        "ede_eta1": ede(h, s, 1),
        "ede_eta5": ede(h, s, STRONG),
        "ede_post_eta1": ede(after, s, 1),
        "delta_ede_eta1": change.total,
        "efficiency_component": change.from_more,
        "equity_component": change.from_equality,
        "atkinson_index_eps1": inequality(lives, np.ones(len(lives)), 1),
        "equity_weights_eta1": equity_weights(h, s, 1),
        "ede_eta10_95": ede(h, s, RELATIVE),
        "ede_post_eta10_95": ede(after, s, RELATIVE),
        "ede_kolm_alpha0_15": ede(h, s, ABSOLUTE, "kolm"),
        "ede_kolm_post_alpha0_15": ede(after, s, ABSOLUTE, "kolm"),
        "atkinson_weight_ratio_first_to_last_eta10_95": worth[0][0] / worth[0][-1],
        "kolm_weight_ratio_first_to_last": worth[1][0] / worth[1][-1],
    }
    for expected, how in ((published, "published"), (computed, "computed")):
        yield from ((key, found[key], value, document["tolerance"][how]) for key, value in expected.items())


def _frontier(document: Table) -> Iterator[Row]:
    given, expected = document["inputs"], document["expected"]
    entries = frontier(given["strategies"], given["cost"], given["effect"])
    front = [entry for entry in entries if entry.status == "ND"]
    found = {
        "frontier": [entry.plan for entry in front],
        "inc_cost": [entry.extra_cost for entry in front],
        "inc_effect": [entry.extra_effect for entry in front],
        "icer": [entry.ratio for entry in front],
        "status": {entry.plan: entry.status for entry in entries},
    }
    yield from ((key, found[key], value, document["tolerance"]) for key, value in expected.items())


def _payoff(document: Table) -> Iterator[Row]:
    given, options = document["inputs"], document["inputs"]["options"]
    table = np.array(given["payoff"])
    state = np.repeat(np.arange(table.shape[1]), np.rint(np.array(given["prob"]) * PARTS).astype(int))
    benefit, lost = table[:, state], regret_table(table)[:, state].mean(axis=1)
    found = {
        "expected_value": benefit.mean(axis=1),
        "best_by_expectation": options[best(benefit)],
        "evpi": perfect_information(benefit),
        "regret": regret_table(table),
        "max_regret": savage(table),
        "minimax_regret_choice": options[int(savage(table).argmin())],
        "maximin_choice": options[int(wald(table).argmax())],
        "maximax_choice": options[int(hurwicz(table, 1).argmax())],
        "expected_regret": lost,
        "min_expected_regret_equals_evpi": lost.min(),
        "hurwicz": hurwicz(table, given["hurwicz_alpha_optimism"]),
        "laplace": laplace(table),
    }
    yield from ((key, found[key], value, document["tolerance"]) for key, value in document["expected"].items())


def _learning(document: Table) -> Iterator[Row]:
    """Yield what learning is worth by drawn numbers, each within three of its own standard errors."""
    given, expected = document["inputs"], document["expected"]
    luck = np.random.Generator(np.random.Philox(0))
    even = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)  # a normal number from the middle of each of so many equal slices
    one = given["mean_inb"] + given["sd_p1"] * even
    other = given["sd_p2"] * luck.permutation(even)
    benefit = np.array([np.zeros(DRAWS), one - other])
    told = sample_information(benefit, one, means_seen(one, given["obs_sd"], given["n"], 1))
    gained = benefit.max(axis=0) - benefit[best(benefit)]
    yield _drawn("evpi", told.everything, float(gained.std() / math.sqrt(DRAWS)), expected["evpi"])
    yield _drawn("evppi_p1", told.parameters.value, told.parameters.error, expected["evppi_p1"])
    second = partial_information(benefit, other)
    yield _drawn("evppi_p2", second.value, second.error, expected["evppi_p2"])
    for size, study in zip(given["n"], told.studies, strict=True):
        yield _drawn(f"evsi, {size} observations", study.value, study.error, expected["evsi"][str(size)])


def _drawn(asked: str, value: float, error: float, expected: float) -> Row:
    return asked, value, expected, round(ERRORS * error, DIGITS)


def _rankings(document: Table) -> Iterator[Row]:
    told = kendall_w(document["inputs"]["ranks_rows_items_cols_judges"])
    found = {
        "rank_sums": told.rank_sums,
        "S": told.squares,
        "W": told.w,
        "chi2": told.chi2,
        "friedman_scipy": told.chi2,
        "mean_spearman": told.mean_spearman,
    }
    yield from ((key, found[key], value, document["tolerance"]) for key, value in document["expected"].items())


def _histograms(document: Table) -> Iterator[Row]:
    indexes: dict[str, Callable[[Sequence[float]], float]] = {
        "A": histograms.agreement,
        "polarization": histograms.polarisation,
        "tastle_wierman": histograms.consensus,
        "leik_D": histograms.dispersion,
    }
    for row in document["rows"]:
        for name, index in indexes.items():
            asked = f"{name} of {', '.join(map(str, row['v']))}"
            yield asked, index(row["v"]), row[name], document["tolerance"]


def _elicited(document: Table) -> Iterator[Row]:
    limit = document["tolerance"]
    for number, case in enumerate(document["cases"], start=1):
        told = best_worst(case["aB"], case["aW"], case["best"], case["worst"])
        yield f"best-worst {number}, weights", told.weights, case["weights"], limit
        yield f"best-worst {number}, xi", told.xi, case["xi"], limit
    pairwise = pairwise_weights(document["ahp"]["matrix"])
    yield "every pair, weights", pairwise.weights, document["ahp"]["weights"], limit
    yield "every pair, consistency ratio", pairwise.ratio, document["ahp"]["consistency_ratio"], limit


def _ranks_of_weights(document: Table) -> Iterator[Row]:
    """Case B gives no measurements, so of it only the entropy of its published shares is asked."""
    exact, limits = document["case_A"], document["case_A"]["tolerance"]
    names = [f"value {n + 1}" for n in range(len(exact["values"][0]))]
    told = acceptability(exact["values"], sample(all_weights(names), WEIGHTS, 1))
    found = {
        "rank_acceptability": told.ranks,
        "central_weights": told.central,
        "pairwise_winning": told.winning,
    }
    yield from ((key, value, exact[key], limits["mc_10000"]) for key, value in found.items())
    first = [row[0] for row in exact["rank_acceptability"]]
    yield "choice_entropy_bits", choice_entropy(first), exact["choice_entropy_bits"], limits["exact"]
    published = document["case_B_published"]
    shares = [row[0] for row in published["rank_acceptability"].values()]
    yield "entropy_ranking_bits", choice_entropy(shares), published["entropy_ranking_bits"], published["tolerance"]


def _opinions(document: Table) -> Iterator[Row]:
    given = document["inputs"]
    told = opinions(np.array(given["votes"], dtype=np.float64), given["labels"], way="product")
    found = {"P": told.share, "R": told.marks, "consensus": told.shared}
    yield from ((key, found[key], value, document["tolerance"]) for key, value in document["expected"].items())


def _equal_worth(document: Table) -> Iterator[Row]:
    before, after = document["inputs"]["S0"], document["inputs"]["S1"]
    limit = document["tolerance"]
    years = gained(before, after, 1, 1, 1).life_years
    yield "life_years_gained", years, document["life_years_gained"], limit
    for row in document["rows"]:
        evly, nord = (gained(before, after, row["Q0"], row["Q1"], weight) for weight in (EVLY, NORD))
        found = {"qaly": evly.qalys, "evly_0851": evly.evlys, "evly_nord_1": nord.evlys}
        for name, value in found.items():
            yield f"{name}, quality {row['Q0']:g} to {row['Q1']:g}", value, row[name], limit


def _both_and(document: Table) -> Iterator[Row]:
    for case in document["cases"]:
        name, limit = case["name"], document["tolerance"]
        surface, budget = _curves(case)
        beta = _beta(surface, budget)
        if case["beta"] == "unchanged":
            times = np.array([TIMES, 1])[:, None, None]
            moved = Surface(surface.objectives, surface.services, surface.dollars, surface.gains * times)
            same = abs(_beta(moved, budget) - beta) <= limit
            yield f"beta, {name}", "unchanged" if same else "changed", case["beta"], limit
            continue
        yield f"beta, {name}", beta, case["beta"], limit
        if "tension" in case:
            ideals = find_ideals(surface, budget)
            yield f"tension, {name}", pair(ideals, *ideals.members).tension, case["tension"], limit


def _beta(surface: Surface, budget: float) -> float:
    """Return the share of its own best that every value reaches at once."""
    ideals = find_ideals(surface, budget)
    shared = common(ideals, ideals.members)
    return math.nan if shared is None else shared.value + 0.0  # no zero with a minus


def _curves(case: Table) -> tuple[Surface, float]:
    """Return the curves of a closed form, gains against its status quo, and its budget."""
    x = np.arange(1, 2 * LEVELS + 1) / LEVELS  # to twice the budget, as both favourites are paid in full
    if case["name"] == "harmony":
        return Surface(("u1", "u2"), ("x",), x[None], np.stack([x, x**2])[:, None]), 1
    if case["name"] == "status quo matters":
        up, down = np.minimum(x, 1 - QUARTER), np.minimum(x, QUARTER)  # x ends at 1 and at 0
        gains = np.array([[up, -down], [-(up**2 + up / 2), down / 2 - down**2]])
        return Surface(("u1", "u2"), ("up", "down"), np.array([x, x]), gains), 1 - QUARTER
    return _shared(x, case.get("n", 2), case.get("p", 0.5 if case["name"].startswith("concave") else 1)), 1


def _shared(x: Floats, values: int, power: float) -> Surface:
    """Return values that share one budget, each with a service of its own: u_v = x_v^power."""
    names = tuple(f"u{v + 1}" for v in range(values))
    gains = np.eye(values)[:, :, None] * x**power
    return Surface(names, tuple(f"x{v + 1}" for v in range(values)), np.tile(x, (values, 1)), gains)


CASES: dict[str, Callable[[Table], Iterator[Row]]] = {
    "01_dcea_ede_atkinson_kolm": _equity,
    "02_icer_frontier": _frontier,
    "03_payoff_table_regret_evpi": _payoff,
    "04_voi_normal_closed_form": _learning,
    "05_kendall_w": _rankings,
    "06_ordinal_agreement": _histograms,
    "07_bwm_linear_ahp": _elicited,
    "08_smaa": _ranks_of_weights,
    "09_polis_group_consensus": _opinions,
    "10_evly": _equal_worth,
    "11_both_and_score": _both_and,
}
"""The cases that can be asked, by the name of their file."""

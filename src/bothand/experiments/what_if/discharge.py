"""Every plan again with its places' rule after a return to use the other way round, the dollars held.

Places that keep a person who returns to use send people away for it; those that send people away keep them. Only where
the catalogue of terms knows what a discharge does to a service; what it does is written there, with what it leaves out.
Overdose deaths are counted, in few draws. Source: practice P13; data/terms/return_to_use.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.calibrate.run_in import overdose_deaths
from bothand.engine.arrays import Floats
from bothand.engine.cohort import simulate
from bothand.engine.rates import schedule
from bothand.engine.setting import Setting
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.plans import Tried
from bothand.experiments.worlds import World, knowing
from bothand.keys import THREE_YEARS
from bothand.outcomes.county import in_groups
from bothand.outcomes.trial import delivered
from bothand.world.plan import Plan, places_of, terms_of
from bothand.world.service import Service, Terms
from bothand.world.terms import Change, changes_of, load_terms

TERM, DISCHARGED, STAYS = "return_to_use", "discharged", "stays"


@dataclass(frozen=True)
class Discharge:
    """A plan with the rule the other way round.

    sent_away, kept: services whose rule is turned, to a discharge and away from one; more (D,): overdose deaths more
    than under the plan as it is, by ``years``; leaves_out: what the number does not hold.
    """

    sent_away: tuple[str, ...]
    kept: tuple[str, ...]
    more: Floats
    years: int
    leaves_out: tuple[str, ...]


def try_discharge(
    few: World, tried: Sequence[Tried], seed: int, tell: Callable[[str], None] = lambda words: None
) -> dict[str, Discharge]:
    """Return plan -> what the other rule does, for every plan that pays for services of which it is known.

    Args:
        few: the first draws of the worlds in which the plans were tried.
        tried: the runs of every plan, in as many draws or more.
        seed: of the quantities that only the other rule reads.
        tell: hears what is being run.
    """
    found: dict[str, Discharge] = {}
    for usual in (t for t in tried if t.mode == THREE_YEARS and t.acts):
        turned = _turned(few.setting, usual)
        if not turned:
            continue
        if not found:
            tell("discharge for use, the other way round")
        sent, kept = ([k for k, t in turned.items() if t.return_to_use == way] for way in (DISCHARGED, STAYS))
        horizon, years = few.ten_years
        before = usual.trial.run.main.at("overdose_deaths", horizon)[: few.county.draws].sum(axis=1)
        more = _deaths(few, usual, turned, seed, years) - before
        left = [c.leaves_out for s in few.setting.services if s.key in turned for c in _known(few.setting, s)]
        words = tuple(dict.fromkeys(text for text in left if text))
        found[usual.plan] = Discharge(tuple(sent), tuple(kept), np.asarray(more), years, words)
    return found


def _known(setting: Setting, service: Service) -> tuple[Change, ...]:
    """Return what a discharge for use is known to change on a service."""
    return changes_of(service, load_terms()[TERM], DISCHARGED, setting.model.levers)


def _turned(setting: Setting, usual: Tried) -> dict[str, Terms]:
    """Return service -> its terms with the other rule, for those that the plan pays for and of which it is known."""
    plan = setting.plan(usual.plan)
    turned = {}
    for number, service in enumerate(setting.services):
        if np.any(usual.dollars[number]) and _known(setting, service):
            terms = _terms(plan, service)
            other = STAYS if terms.return_to_use == DISCHARGED else DISCHARGED
            turned[service.key] = terms.model_copy(update={TERM: other})
    return turned


def _terms(plan: Plan | None, service: Service) -> Terms:
    return terms_of(plan, service) if plan else service.terms


def _deaths(few: World, usual: Tried, turned: Mapping[str, Terms], seed: int, years: int) -> Floats:
    """Return overdose deaths (D,) by the year asked, with the same dollars and other terms: everyone in one group."""
    setting, there = few.setting, replace(few, county=knowing(few.county, turned, seed))
    plan = setting.plan(usual.plan)
    terms = {s.key: turned.get(s.key, _terms(plan, s)) for s in setting.services}
    money = usual.dollars[..., : few.county.draws]
    places = places_of(plan) if plan else {}

    def run(where: World) -> Floats:
        county = where.county
        levers = delivered(county, money, board_lag=where.board_lag, places=places, terms=terms).levers
        together = county.start.together()
        rates = in_groups(together, schedule(setting.model, replace(county.environment, levers=levers)))
        lived = simulate(setting.model.chain, rates, together, keep="sum")
        return np.asarray(overdose_deaths(setting.model, lived)[:years].sum(axis=0))

    return kept(there, ["discharge", money, places, terms, years], run)

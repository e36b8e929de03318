"""The rules of a study and its place on a surface of curves: what every search on it then keeps.

An exclusion keeps a service out of what search may choose (``worlds.World.options``), so that no curve of it is run.
Earmarks, ceilings and the cap are rules of the surface.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bothand.decide.ruled.rows import least_asked, possible
from bothand.decide.ruled.rules import Rules, rules_of
from bothand.decide.surfaces import Surface
from bothand.engine.arrays import Floats
from bothand.engine.setting import Setting
from bothand.experiments.worlds import World
from bothand.faults import Fault, FaultsFound
from bothand.words import dollars

HAIR = 1e-6  # MATH: share by which a cap is lifted beyond the least that can be asked, against rounding


def ruled(world: World, surface: Surface, asked: Floats) -> Surface:
    """Return curves on which every plan that is searched for keeps the rules of the world's study and place.

    Args:
        world: whose rules. surface: curves of options, (I, L) levels.
        asked: (I, L) what others are asked for with one service alone, dollars a year.
    """
    bounds = world.setting.bounds
    if not (bounds.at_least or bounds.at_most or bounds.cap is not None):
        return replace(surface, rules=None)
    labels = {service.key: service.label for service in world.setting.services}
    rules = rules_of(
        world.yearly_budget,
        [bounds.at_least.get(key, 0.0) for key in surface.services],
        [bounds.at_most.get(key, np.inf) for key in surface.services],
        [labels.get(key, key) for key in surface.services],
        np.inf if bounds.cap is None else bounds.cap,
        asked,
    )
    return replace(surface, rules=rules)


def check(setting: Setting, surface: Surface) -> None:
    """Raise FaultsFound where earmarks ask others for more than the cap, whatever else is paid for."""
    rules = surface.rules
    if rules is None or possible(surface, rules.budget):
        return
    least = least_asked(surface, rules.budget)
    said = "ask others for more" if least is None else f"ask others for {dollars(least)} a year at least"
    message = f"no plan keeps all rules: the earmarks {said}, and the cap is {dollars(rules.cap)} a year."
    raise FaultsFound([Fault(setting.study.key, message, "downstream_cap")])


def loosened(surface: Surface) -> Surface:
    """Return curves whose cap is lifted to the least that can be asked, where no plan keeps it.

    For worlds other than the study's own, in which people believe otherwise: the study's own is held to ``check``.
    """
    rules = surface.rules
    if rules is None or possible(surface, rules.budget):
        return surface
    least = least_asked(surface, rules.budget)
    cap = np.inf if least is None else max(rules.cap, least * (1 + HAIR) if least > 0 else least + HAIR)
    return replace(surface, rules=replace(rules, cap=cap))


def lifted(own: Surface, used: Surface) -> float | None:
    """Return the cap that a search kept on ``used`` instead of that of a study's ``own`` curves; None = its own."""
    if own.rules is None or used.rules is None or used.rules.cap <= own.rules.cap:
        return None
    return float(used.rules.cap)


def lowest(rules: Rules | None, count: int) -> Floats:
    """Return what each of so many services must get at least, dollars a year (I,)."""
    return np.zeros(count) if rules is None else rules.lowest()

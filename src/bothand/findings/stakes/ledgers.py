"""The ledgers of infections, families and the wider community, and two perspectives on money.

The quantities that only these ledgers read are drawn here, each from its own stream: the same worlds as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bothand.engine.arrays import Floats
from bothand.evidence.draws import draw
from bothand.evidence.quantity import GRADES, Quantity
from bothand.experiments.plans import Tried
from bothand.experiments.results import Results
from bothand.findings.bills import paid_for_places, total_paid, with_money
from bothand.findings.measures import attended_share, interval
from bothand.outcomes import others
from bothand.outcomes.lines import PERSPECTIVES, Inventory, LedgerFile, Line, load_inventory, load_ledgers
from bothand.report.summary import InventoryItem, Ledger, LedgerLine, PerspectiveCost
from bothand.world.language.graph import QUANTITY

FAMILY = "family"  # kind of a service for families
CONTEXT = "context"  # role of a row that drives no number


@dataclass(frozen=True)
class Ledgers:
    """Every line of every plan that spends money, in every draw, and what the lines are called."""

    results: Results
    files: tuple[LedgerFile, ...]
    inventory: Inventory

    @classmethod
    def of(cls, results: Results) -> Ledgers:
        """Read the lines and hold them against the evidence of a study."""
        files = load_ledgers(evidence=results.setting.evidence)
        return cls(results, files, load_inventory(ledgers=files))

    @cached_property
    def plans(self) -> list[Tried]:
        """Plans that spend money of the first round."""
        return with_money(self.results)

    @cached_property
    def rows(self) -> Mapping[str, Floats]:
        """Draws of the rows that the lines multiply by: key -> (D,)."""
        evidence, draws = self.results.setting.evidence, self.results.draws
        wanted = {key for ledger in self.files for line in ledger.line for key in line.rows}
        return draw(evidence, sorted(k for k in wanted if evidence[k].role != CONTEXT), draws.n, draws.seed).values

    @cached_property
    def drawn(self) -> Mapping[str, Mapping[str, Floats]]:
        """Plan -> line -> amounts (D,), or (D, O) by group for infections."""
        results = self.results
        attended = attended_share(results.world.values, results.draws.choices)
        found = {}
        for tried in self.plans:
            run = tried.trial.run
            plan = others.Against(run.main, run.twin, results.world.quo.run.main)
            found[tried.plan] = {
                **others.infections(plan),
                **others.family(plan, self.rows),
                **others.community(plan, self.rows, attended, paid_for_places(results, tried)),
                **self._in_support(tried),
            }
        return found

    def _in_support(self, tried: Tried) -> dict[str, Floats]:
        """Return families in services for them over all years; nothing where the study has no such service."""
        keys = [s.key for s in self.results.setting.services if s.kind == FAMILY]
        delivery = tried.trial.delivery
        if not keys or delivery is None:
            return {}
        return {"relatives_in_support": np.sum([delivery.units[key].sum(axis=0) for key in keys], axis=0)}

    def evidence_of(self, line: Line) -> list[Quantity]:
        """Return the rows that a line rests on: its own, and those of the measures and counts that it reads."""
        setting = self.results.setting
        names = {*line.rows, *(name for what in line.rests_on for name in self._read_by(what))}
        known = [name for name in names if name in setting.evidence.names or name in setting.evidence]
        return setting.evidence.used_by(known, setting.study.choices)

    def _read_by(self, what: str) -> Iterable[str]:
        """Return the quantities that a measure or a count of the model reads."""
        model = self.results.setting.model
        nodes = [node for node in model.measures.get(what, ()) if node is not None]
        count = model.spec.count.get(what)
        if count is not None:
            nodes += [edge.rate for edge in model.edges if edge.rule in count.rules]
            nodes += [node for event in count.events for node in model.events[event].values()]
        return {name for node in nodes for name in model.graph.names(node, QUANTITY)}


def ledgers(found: Ledgers) -> list[Ledger]:
    """Return what the ledgers are called."""
    return [Ledger.model_validate({"key": f.key, "label": f.label, "note": f.note}) for f in found.files]


def lines(found: Ledgers) -> list[LedgerLine]:
    """Return every line of every ledger; a line without a source says so and has no amount."""
    return [_line(found, ledger, line) for ledger in found.files for line in ledger.line]


def _line(found: Ledgers, ledger: LedgerFile, line: Line) -> LedgerLine:
    drawn = {plan: amounts[line.key] for plan, amounts in found.drawn.items() if line.key in amounts}
    rows = found.evidence_of(line)
    groups = found.results.setting.model.groups
    by_group = {
        plan: {group: interval(values[:, o]) for o, group in enumerate(groups)}
        for plan, values in drawn.items()
        if values.ndim > 1
    }
    return LedgerLine.model_validate(
        {
            "ledger": ledger.key,
            "key": line.key,
            "label": line.label,
            "who": line.who,
            "unit": line.unit,
            "better": line.better,
            "lives": line.lives,
            "grade": weakest(rows),
            "rows": [row.key for row in rows],
            "disputed": disputed(line, rows),
            "caution": line.caution,
            "no_data": "" if drawn else line.no_data,
            "amounts": {p: interval(v.sum(axis=1) if v.ndim > 1 else v) for p, v in drawn.items()},
            "by_group": by_group,
        }
    )


def weakest(rows: Sequence[Quantity]) -> str | None:
    """Return the weakest grade among rows; None without a row."""
    return max((row.grade for row in rows), key=GRADES.index, default=None)


def disputed(line: Line, rows: Sequence[Quantity]) -> str:
    """Return what is contested about a line, with both signs: its dispute, and ratios whose range holds help and harm.

    A ratio that the line rests on is such a row when its 95 % range lies on both sides of one. What it costs that
    people live has no better sign, so nothing about it is contested.
    """
    if line.better == "neither":
        return ""
    both = [row for row in rows if row.typed and row.typed.is_ratio and row.low < 1 < row.high]
    said = [f"{line.disputed} ({line.disputed_source})."] if line.disputed else []
    said += [
        f"{row.description}: {row.mean:g}, {row.low:g} to {row.high:g}; below 1 helps, above 1 harms." for row in both
    ]
    return " ".join(said)


def inventory(found: Ledgers) -> list[InventoryItem]:
    """Return what two perspectives look at and what is known of it."""
    return [
        InventoryItem.model_validate(item.model_dump(include={"sector", "label", "health_sector", "societal", "note"}))
        for item in found.inventory.item
    ]


def perspectives(found: Ledgers) -> list[PerspectiveCost]:
    """Return the money of every plan as each perspective adds it up, lives held. Nothing of health is added to it."""
    made = []
    for tried in found.plans:
        for perspective in PERSPECTIVES:
            services = any(i.services and i.status(perspective) == "in" for i in found.inventory.item)
            parts = [total_paid(found.results, tried)] if services else []
            parts += [found.drawn[tried.plan][key] for key in found.inventory.added(perspective)]
            made.append(PerspectiveCost(plan=tried.plan, perspective=perspective, usd=interval(np.sum(parts, axis=0))))
    return made

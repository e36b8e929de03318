"""Which plan gains most under every reach: whether that depends on diminishing returns."""

from __future__ import annotations

import numpy as np

from bothand.decide.losers import LEAST_RUNS, NINETEEN_IN_TWENTY
from bothand.experiments.results import Results
from bothand.findings.doubts import plan_labels, rows_in_order
from bothand.report.summary import Sentence
from bothand.words import as_subject, in_sentence, join_words


def linear_reach(results: Results) -> Sentence:
    """Say whether the finding depends on diminishing returns: the first plan under other reach."""
    numbers: dict[str, float] = {}
    leading: dict[str, set[str]] = {}
    for reach, reached in results.reaches.items():
        rows = reached.healthy
        means = {plan: float(values.mean()) for plan, values in rows.items()}
        numbers |= {f"{reach}: {plan}": value for plan, value in means.items()}
        top = max(means, key=lambda plan: means[plan])
        low = {plan: float(np.quantile(rows[top] - values, NINETEEN_IN_TWENTY[0])) for plan, values in rows.items()}
        few = len(rows[top]) < LEAST_RUNS  # too few runs tell no plan from another
        leading[reach] = {plan for plan, gap in low.items() if few or gap <= 0}  # the top, and those not told from it
    labels = plan_labels(results)
    shared = set.intersection(*leading.values())
    first = as_subject(labels[next(iter(shared))]) if len(shared) == 1 else ""
    if shared and all(len(plans) == 1 for plans in leading.values()):
        text = (
            f"{first} clearly gains most healthy life-years with the usual reach, with half the "
            "people to be found, and with no limit at all: the finding does not depend on diminishing returns."
        )
    elif len(shared) == 1:
        text = (
            f"{first} gains most healthy life-years, or cannot be told from the plan that does, with the usual reach, "
            "with half the people to be found, and with no limit: that does not depend on diminishing returns."
        )
    elif shared:
        said = join_words([in_sentence(labels[plan]) for plan in rows_in_order(results) if plan in shared])
        text = (
            f"With the usual reach, with half the people to be found, and with no limit, these numbers cannot say "
            f"which of {said} gains most: that does not depend on diminishing returns."
        )
    else:
        said = join_words([f"{in_sentence(labels[min(plans)])} ({reach})" for reach, plans in leading.items()])
        text = f"Which plan gains most depends on how many people can be reached: {said}. The finding depends on it."
    return Sentence(key="linear_reach", text=text, numbers=numbers, depends="does not" if shared else "does")

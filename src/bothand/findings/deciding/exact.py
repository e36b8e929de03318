"""The plan found by exact slopes, in the summary's words."""

from __future__ import annotations

from bothand.experiments.curves import GROUP
from bothand.experiments.plans import option_keys
from bothand.experiments.results import Results
from bothand.experiments.search import FUNCTIONAL
from bothand.findings.deciding.next_dollar import next_dollars
from bothand.findings.said.claim import Said
from bothand.report.summary.deciding.exact import ExactPlan
from bothand.words import in_100, in_sentence, join_words

LITTLE = 0.01  # MATH: a service with less than a hundredth of the money is not named


def exact_plan(results: Results, names: dict[str, str]) -> ExactPlan | None:
    """Return what the search by exact slopes found; ``names``: objective -> value. None unless it was run."""
    found = results.exact
    if found is None:
        return None
    healthy = found.names.index(FUNCTIONAL)
    return ExactPlan(
        draws=found.draws,
        calls=found.calls,
        sweeps=found.sweeps,
        dollars={key: float(usd) for key, usd in zip(option_keys(results.world), found.yearly, strict=True) if usd > 1},
        beta=found.settled.beta,
        z={names[o]: share for o, share in found.settled.z.items()},
        healthy_life_years=float(found.settled.answer.gains[healthy]),
        beta_on_curves=found.beta_on_curves,
        healthy_life_years_on_curves=float(found.on_curves[healthy]),
        better=found.certificate.better_share,
        residual=found.certificate.residual,
        gap=relative(found.settled.answer.gap, found.settled.answer.value),
        ended=found.settled.answer.why,
        next_dollars=next_dollars(results, names),
    )


def relative(gap: float, value: float) -> float:
    """Return a gap as a share of a value; 0 where there is no value."""
    return gap / abs(value) if value else 0.0


def floor_words(results: Results, label: str, objective: str) -> str:
    """Return whose floor it is, and for whom: 'As others do: healthy life-years'."""
    if objective.startswith(GROUP):
        return f"{label}: {in_sentence(results.setting.model.spec.group[objective.removeprefix(GROUP)].label)}"
    return f"{label}: healthy life-years"


def findings(results: Results) -> list[Said]:
    """Return the finding of a full run: what exact slopes find beside the curves."""
    found = results.exact
    if found is None:
        return []
    labels = {service.key: in_sentence(service.label) for service in results.setting.services}
    enough = LITTLE * results.world.yearly_budget
    now, then = (
        {key for key, usd in zip(option_keys(results.world), yearly, strict=True) if usd > enough}
        for yearly in (found.yearly, results.found.yearly)
    )
    words = [
        f"{verb} {join_words([labels[key] for key in sorted(keys)])}"
        for verb, keys in (("adds", now - then), ("leaves out", then - now))
        if keys
    ]
    least = min(found.settled.z.values(), default=0.0)
    text = (
        f"Searched again by the full model\u2019s own slopes, in {found.draws} draws, every value can be given "
        f"{in_100(found.settled.beta)} of its own best; the plan settled so keeps {in_100(least)} for each, "
        f"the one found on curves {in_100(found.beta_on_curves)}"
    )
    text += f". It {join_words(words)}." if words else ". It pays for the same services."
    return [Said("exact_search", text, {}, rests_on="nothing")]

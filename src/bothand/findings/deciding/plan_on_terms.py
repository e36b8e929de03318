"""The both/and plan where a service may be run in another way, in the summary's words."""

from __future__ import annotations

from collections.abc import Mapping

from bothand.experiments.plans import option_keys
from bothand.experiments.results import Results
from bothand.experiments.search import FUNCTIONAL
from bothand.findings.deciding.ways import said_of, way_part
from bothand.findings.said.claim import Said
from bothand.report.summary.deciding.periods import OnOtherTerms, TermsBySlopes, UndoneTerm
from bothand.words import in_100


def plan_on_terms(results: Results, names: Mapping[str, str]) -> OnOtherTerms | None:
    """Return the plan where terms may change; ``names``: objective -> value. None unless it was run."""
    found = results.on_terms
    if found is None:
        return None
    options, (after, before) = option_keys(results.world), found.healthy
    return OnOtherTerms(
        draws=results.curves.world.county.draws,
        chosen=[way_part(way) for way in found.chosen],
        dollars={key: float(usd) for key, usd in zip(options, found.yearly, strict=True) if usd > 1},
        beta=found.beta,
        beta_own=found.beta_own,
        z={names[o]: share for o, share in found.z.items()},
        z_own={names[o]: share for o, share in found.z_own.items()},
        healthy_life_years=after,
        healthy_life_years_own=before,
        by_slopes=_by_slopes(results, names),
    )


def _by_slopes(results: Results, names: Mapping[str, str]) -> TermsBySlopes | None:
    found = results.terms_exactly
    if found is None:
        return None
    answer = found.settled.answer
    return TermsBySlopes(
        draws=found.draws,
        calls=found.runs,
        sweeps=found.sweeps,
        dollars={key: float(usd) for key, usd in zip(option_keys(results.world), found.yearly, strict=True) if usd > 1},
        beta=found.settled.beta,
        z={names[o]: share for o, share in found.settled.z.items()},
        healthy_life_years=float(answer.gains[found.names.index(FUNCTIONAL)]),
        beta_on_curves=found.least_on_curves,
        better=found.certificate.better_share,
        residual=found.certificate.residual,
        ended=answer.why,
        undone=[
            UndoneTerm(way=way_part(one.way), least=one.least, healthy_life_years=one.healthy, better=one.better)
            for one in found.undone
        ],
    )


def findings(results: Results) -> list[Said]:
    """Return the finding of a full run: which way is chosen, and what the plan then brings."""
    found = results.on_terms
    if found is None:
        return []
    labels = {service.key: service.label for service in results.setting.services}
    if not found.chosen:
        text = "Where terms may change, the both/and plan changes none: no other way to run a service helps it."
        return [Said("plan_on_terms", text, {}, rests_on="nothing")]
    (after, before), changes = found.healthy, [said_of(way_part(way), labels) for way in found.chosen]
    text = (
        f"Where terms may change, the both/and plan runs this otherwise: {'; '.join(changes)}. In the full model the "
        f"least served value then gets {in_100(min(found.z.values()))} of its own best, against "
        f"{in_100(min(found.z_own.values()))} on the services\u2019 own terms, and healthy life-years are "
        f"{after:,.0f}, against {before:,.0f}."
    )
    text += _said_by_slopes(results, labels)
    return [Said("plan_on_terms", text, {}, rests_on="nothing")]


def _said_by_slopes(results: Results, labels: Mapping[str, str]) -> str:
    """Say what the same terms bring once their dollars are settled by slopes, and which changes hold; else nothing."""
    found, own = results.terms_exactly, results.exact
    if found is None or own is None:
        return ""
    healthy = found.names.index(FUNCTIONAL)
    after, before = (float(one.settled.answer.gains[healthy]) for one in (found, own))
    text = (
        f" With the dollars settled by the model\u2019s own slopes, every value can be given "
        f"{in_100(found.settled.beta)} of its own best on these terms, and {in_100(own.settled.beta)} on the "
        f"services\u2019 own; healthy life-years are {after:,.0f}, against {before:,.0f}."
    )
    worse = [said_of(way_part(one.way), labels) for one in found.undone if not one.better]
    if not worse:
        return text + " Each change still helps there: undone alone, it makes the plan worse."
    return text + f" Undone alone at those dollars, this makes the plan no worse: {'; '.join(worse)}."

"""The both/and plan where a service may be run in another way, in the summary's words."""

from __future__ import annotations

from collections.abc import Mapping

from bothand.experiments.plans import option_keys
from bothand.experiments.results import Results
from bothand.findings.deciding.ways import said_of, way_part
from bothand.findings.said.claim import Said
from bothand.report.summary.deciding.periods import OnOtherTerms


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
        f"least served value then gets {min(found.z.values()):.2f} of its own best, against "
        f"{min(found.z_own.values()):.2f} on the services\u2019 own terms, and healthy life-years are "
        f"{after:,.0f}, against {before:,.0f}."
    )
    return [Said("plan_on_terms", text, {}, rests_on="nothing")]

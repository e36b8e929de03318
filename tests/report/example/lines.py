"""Every line of the seven plans' money, with what the law says of each."""

from __future__ import annotations

from bothand.report import summary as s
from example.plans import PLANS
from example.services import services


def lines() -> list[s.PlanLine]:
    """A line for each service of each plan; what stands outside the model has no rule."""
    known = {service.key: service for service in services()}
    found = []
    for plan, (_, money, _) in PLANS.items():
        for key, usd in money.items():
            service = known.get(key)
            found.append(
                s.PlanLine(
                    plan=plan,
                    service=key,
                    label=service.label,
                    codes=service.exhibit_e,
                    usd=usd,
                    law=service.law.word,
                    dated=service.law.dated,
                    law_source=service.law.source,
                )
                if service
                else s.PlanLine(
                    plan=plan, service="", label="Prevention", usd=usd, law="no rule read", note="no effect"
                )
            )
    return found

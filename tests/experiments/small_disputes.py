"""A study of five years and two services, and the disputes that it can take up: what tests of them share."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bothand.engine.setting import Setting, draw_values, load_setting
from bothand.evidence.draws import Draws
from bothand.world.disputes.loading import load_disputes
from bothand.world.disputes.register import Dispute
from bothand.world.plan import Plan
from texts import line, plan_text, small_study

NALOXONE = plan_text(
    line("community_naloxone", "share = 1.0"), key="naloxone", label="All to naloxone", short="Naloxone"
)


@cache
def small() -> Setting:
    with TemporaryDirectory() as folder:
        (Path(folder) / "small.toml").write_text(small_study("naloxone.toml"), encoding="utf-8")
        (Path(folder) / "naloxone.toml").write_text(NALOXONE, encoding="utf-8")
        return load_setting(f"{folder}/small.toml")


@cache
def draws() -> Draws:
    return draw_values(small(), 1, small().study.seed)


@cache
def register() -> dict[str, Dispute]:
    return {dispute.key: dispute for dispute in load_disputes(small().evidence)}


def floor() -> Plan:
    return next(plan for plan in small().plans if plan.key == "naloxone")

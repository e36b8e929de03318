"""The faults of one model while it is compiled, each once, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Path_
from bothand.world.model import ModelSpec


class Report:
    """The faults of one model, each once, in the order of the file."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec
        self._faults: dict[Fault, None] = {}

    def add(self, message: str, where: Path_ = (), near: str | None = None, unknown: str | None = None) -> None:
        """Note a fault at a key; ``unknown`` is a name that no quantity, lever or let has."""
        self._faults.setdefault(replace(self.spec.fault(message, where, near), unknown=unknown))

    def unknown(self, what: str, name: str, allowed: Iterable[str], where: Path_) -> None:
        """Note a name that nothing has, with what is allowed and the nearest of it."""
        known = list(allowed)
        self.add(f"there is no {what} '{name}'; allowed: {', '.join(known) or 'none is declared'}.", where,
                 nearest(name, known))  # fmt: skip

    def __iter__(self) -> Iterator[Fault]:
        return iter(sorted(self._faults, key=lambda fault: fault.line or 0))

    def stop(self) -> None:
        """Raise FaultsFound when there is any fault."""
        if self._faults:
            raise FaultsFound(self)


def check_variants(spec: ModelSpec, report: Report) -> None:
    """Note a variant that stands twice, and one that sets what is no let of the model."""
    names = [variant.name for variant in spec.variant]
    for i, variant in enumerate(spec.variant):
        if variant.name in names[:i]:
            report.add(f"two variants are called '{variant.name}'.", ("variant", i, "name"))
        for name in variant.lets:
            if name not in spec.let:
                report.unknown("let of the model", name, spec.let, ("variant", i, "set", name))

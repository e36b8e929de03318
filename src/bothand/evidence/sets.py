"""Rows that must be used together: alternatives that never mix, and draws that keep an order or a correlation.

``data/evidence/sets.toml`` holds them. Alternatives give *slots* (names that a model may use as if they were keys), and
for each of their options the row that fills every slot. What moves people, and any one measure beside it, may rest on
one option only (``engine/setting.py`` refuses the rest); two measures may show two options side by side. A joint group
shares one stream of luck (a Gaussian copula with one common factor) and may state an order that every draw keeps.
Source: DESIGN 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bothand.evidence.quantity import Quantity
from bothand.faults import Fault, nearest
from bothand.files import Document, read_toml, validate

SETS = "sets.toml"
Loading = Annotated[float, Field(ge=-1, le=1)]


class Alternatives(BaseModel):
    """Rows of which one option is used and the others are not: ``slots[slot][option]`` is a key."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str
    why: str
    default: str
    options: dict[str, str]
    slots: dict[str, dict[str, str]]


class Joint(BaseModel):
    """Rows drawn together: ``loadings`` on the shared factor (one for all, or each), ``order`` kept in each draw."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str
    why: str
    keys: tuple[str, ...] = Field(min_length=2)
    loadings: Loading | tuple[Loading, ...]
    order: Literal["falls", "rises", "none"] = "none"

    def loading(self, key: str) -> float:
        """The loading of one key on the shared factor; the correlation of two keys is the product of theirs."""
        return self.loadings if isinstance(self.loadings, float) else self.loadings[self.keys.index(key)]


class Prices(BaseModel):
    """The price year of every draw of money."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    year: int


class Sets(BaseModel):
    """Everything in ``sets.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    prices: Prices | None = None
    alternatives: dict[str, Alternatives] = {}
    joint: dict[str, Joint] = {}
    reference_populations: dict[str, str] = {}

    @property
    def slots(self) -> dict[str, str]:
        """Slot name -> name of its alternatives."""
        return {slot: name for name, a in self.alternatives.items() for slot in a.slots}

    def joint_of(self, key: str) -> tuple[str, Joint] | None:
        """Return the joint group that holds ``key``, with its name."""
        for name, joint in self.joint.items():
            if key in joint.keys:
                return name, joint
        return None

    def resolve(self, name: str, choices: Mapping[str, str] | None = None) -> str:
        """Return the key that fills a slot under ``choices`` (alternatives -> option), or ``name`` if no slot."""
        alternatives = self.slots.get(name)
        if alternatives is None:
            return name
        found = self.alternatives[alternatives]
        return found.slots[name][(choices or {}).get(alternatives, found.default)]


def load_sets(path: Path) -> tuple[Sets, Document | None]:
    """Read ``sets.toml``; a folder without one has no sets. Raises FaultsFound."""
    if not path.exists():
        return Sets(), None
    document = read_toml(path)
    return validate(Sets, document), document


def set_faults(sets: Sets, document: Document, rows: Mapping[str, Quantity]) -> list[Fault]:
    """Return every fault of the sets against the rows: unknown keys and options, clashes, means out of order."""
    faults: list[Fault] = []
    for name, a in sets.alternatives.items():
        where = ("alternatives", name)
        if a.default not in a.options:
            near = nearest(a.default, a.options)
            faults.append(document.fault(f"the default '{a.default}' is no option.", (*where, "default"), near))
        for slot, by_option in a.slots.items():
            here = (*where, "slots", slot)
            if slot in rows:
                faults.append(document.fault(f"the slot '{slot}' has the name of a row.", here))
            faults += [
                document.fault(f"the option '{o}' is not filled.", here) for o in a.options if o not in by_option
            ]
            faults += [
                document.fault(f"unknown option '{o}'.", here, nearest(o, a.options))
                for o in by_option
                if o not in a.options
            ]
            faults += _unknown(document, here, by_option.values(), rows)
            faults += _one_kind(document, here, [rows[k] for k in by_option.values() if k in rows])
    seen: dict[str, str] = {}
    for name, joint in sets.joint.items():
        faults += _joint_faults(name, joint, document, rows, seen)
    return faults


def _unknown(
    document: Document, where: tuple[str, ...], keys: Iterable[str], rows: Mapping[str, Quantity]
) -> list[Fault]:
    return [document.fault(f"unknown quantity '{k}'.", where, nearest(k, rows)) for k in keys if k not in rows]


def _one_kind(document: Document, where: tuple[str, ...], rows: list[Quantity]) -> list[Fault]:
    kinds = sorted({r.typed.kind.value if r.typed else r.unit for r in rows})
    return [document.fault(f"these rows are of different kinds: {', '.join(kinds)}.", where)] if len(kinds) > 1 else []


def _joint_faults(
    name: str, joint: Joint, document: Document, rows: Mapping[str, Quantity], seen: dict[str, str]
) -> list[Fault]:
    where = ("joint", name)
    faults = _unknown(document, (*where, "keys"), joint.keys, rows)
    for key in joint.keys:
        if key in seen:
            faults.append(document.fault(f"'{key}' is drawn with '{seen[key]}' already.", (*where, "keys")))
        seen[key] = name
    if isinstance(joint.loadings, tuple) and len(joint.loadings) != len(joint.keys):
        faults.append(document.fault("one loading for each key, or one for all, was expected.", (*where, "loadings")))
    known = [rows[k] for k in joint.keys if k in rows]
    if joint.order != "none":
        faults += _one_kind(document, (*where, "keys"), known)
        means = [q.base_mean for q in known]
        if means != sorted(means, reverse=joint.order == "falls"):
            faults.append(document.fault(f"the means do not keep the order '{joint.order}'.", (*where, "order")))
    return faults


def mixed(sets: Sets, keys: Iterable[str]) -> dict[str, str]:
    """Return alternatives -> words for every alternatives of which two options are used together in ``keys``.

    A key that fills slots of two options (a shared row) belongs to neither.
    """
    used = set(keys)
    faults = {}
    for name, a in sets.alternatives.items():
        by_option = {o: {slot[o] for slot in a.slots.values() if o in slot} for o in a.options}
        for option in by_option:
            others = set().union(*(by_option[o] for o in by_option if o != option))
            by_option[option] = (by_option[option] - others) & used
        found = {o: sorted(keys) for o, keys in by_option.items() if keys}
        if len(found) > 1:
            words = " with ".join(f"{', '.join(keys)} ({o})" for o, keys in found.items())
            faults[name] = f"alternatives of '{name}' may not be mixed: {words}."
    return faults

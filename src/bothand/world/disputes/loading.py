"""The register without faults: every file of ``data/disputes``, held against the evidence and services that ship."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bothand.evidence.quantity import Quantity
from bothand.evidence.sets import Joint
from bothand.evidence.tables import Evidence
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, available, data_folder, examine, read_toml, told
from bothand.world.disputes.register import KINDS, Belief, Dispute, Register, Side, Source

FOLDER = "disputes"
FIRST = ("leverage",)  # those with most measured leverage stand first


def load_disputes(evidence: Evidence, files: Sequence[Path] | None = None) -> tuple[Dispute, ...]:
    """Return every dispute, those with most measured leverage first.

    ``files``: those that ship where none are given. Raises FaultsFound once, with every fault of every file.
    """
    shipped = sorted((data_folder() / FOLDER).glob("*.toml"), key=lambda path: (path.stem not in FIRST, path.stem))
    found: dict[str, Dispute] = {}
    faults: list[Fault] = []
    for path in shipped if files is None else files:
        try:
            document = read_toml(path)
        except FaultsFound as wrong:
            faults += wrong.faults
            continue
        register, form = read_register(document, evidence)
        faults += form
        for n, dispute in enumerate(register.dispute if register else ()):
            if dispute.key in found:
                faults.append(document.fault(f"the dispute '{dispute.key}' stands twice.", ("dispute", n, "key")))
            found[dispute.key] = dispute
    if faults:
        raise FaultsFound(faults)
    return tuple(found.values())


def read_register(document: Document, evidence: Evidence) -> tuple[Register | None, list[Fault]]:
    """Return what is sound of a register (None when too little is) and every fault of its file."""
    register, faults = examine(Register, document)
    if register is not None:
        faults += told(_faults(register, document, evidence), faults)
    return register, faults


def _faults(register: Register, document: Document, evidence: Evidence) -> Iterator[Fault]:
    yield from document.misnamed(register.key)
    services = available("services")
    for n, dispute in enumerate(register.dispute):
        for number, key in enumerate(dispute.services):
            if key not in services:
                where = ("dispute", n, "services", number)
                yield document.fault(f"there is no service '{key}'.", where, nearest(key, services))
        if len({side.label for side in dispute.side}) < len(dispute.side):
            yield document.fault("the two sides have the same name.", ("dispute", n, "side"))
        for number, side in enumerate(dispute.side):
            yield from _side_faults(side, document, evidence, ("dispute", n, "side", number))
        beliefs = [side.belief.model_dump(exclude={"note", "interval"}) for side in dispute.side]
        if beliefs[0] == beliefs[-1] and len(beliefs) > 1 and not dispute.side[0].belief.none:
            yield document.fault("both sides believe the same; then nothing is in dispute.", ("dispute", n, "side"))


def _side_faults(side: Side, document: Document, evidence: Evidence, where: Path_) -> Iterator[Fault]:
    for number, source in enumerate(side.sources):
        yield from _source_faults(source, document, evidence, (*where, "sources", number))
    belief, here = side.belief, (*where, "belief")
    if len(belief.kinds) != 1:
        found = " and ".join(belief.kinds) or "none of them"
        yield document.fault(f"a belief gives one of {', '.join(KINDS)}; found {found}.", here)
    for key, value in belief.quantity.items():
        yield from _row_faults(key, (value,), document, evidence, (*here, "quantity", key))
    for key, ends in belief.interval.items():
        at = (*here, "interval", key)
        if key not in belief.quantity:
            yield document.fault(f"'{key}' has an interval but no value in 'quantity'.", at)
        elif not ends[0] <= belief.quantity[key] <= ends[1]:
            yield document.fault(
                f"the value {belief.quantity[key]:g} is outside its interval {ends[0]:g} to {ends[1]:g}.", at
            )
        yield from _row_faults(key, ends, document, evidence, at)
    for name, option in belief.choose.items():
        alternatives = evidence.sets.alternatives
        if name not in alternatives:
            words = f"there are no alternatives '{name}' in the evidence."
            yield document.fault(words, (*here, "choose", name), nearest(name, alternatives))
        elif option not in alternatives[name].options:
            options = alternatives[name].options
            words = f"'{option}' is no option of '{name}'; allowed: {', '.join(options)}."
            yield document.fault(words, (*here, "choose", name), nearest(option, options))
    yield from _order_faults(belief, document, evidence, (*here, "quantity"))


def _source_faults(source: Source, document: Document, evidence: Evidence, where: Path_) -> Iterator[Fault]:
    if (source.row is None) == (source.citation is None):
        yield document.fault("a source gives 'row' or 'citation', one of the two.", where)
    if (source.citation is None) != (source.locator is None):
        yield document.fault("'citation' and 'locator' belong together.", where)
    if source.row is not None and source.row not in evidence:
        yield document.fault(f"unknown quantity '{source.row}'.", (*where, "row"), nearest(source.row, evidence))


def _row_faults(
    key: str, values: Sequence[float], document: Document, evidence: Evidence, where: Path_
) -> Iterator[Fault]:
    if key in evidence.sets.slots:
        words = f"'{key}' stands for one of several rows; say which with 'choose', set '{evidence.sets.slots[key]}'."
        yield document.fault(words, where)
        return
    row = evidence.get(key)
    if row is None:
        yield document.fault(f"unknown quantity '{key}'.", where, nearest(key, evidence))
        return
    if row.role != "input":
        yield document.fault(f"'{key}' is a {row.role} row, which drives no result; name an input.", where)
    if row.inputs:
        yield document.fault(f"'{key}' is computed from {', '.join(row.inputs)}; give those.", where)
    yield from (document.fault(words, where) for value in values if (words := _outside(row, value)))


def _outside(row: Quantity, value: float) -> str:
    """Return what is wrong with a value beside the unit of its row; "" when nothing is."""
    if row.typed is None or row.typed.lowest <= value <= row.typed.highest:
        return ""
    ends = f"at least {row.typed.lowest:g}"
    if row.typed.highest < float("inf"):
        ends = f"from {row.typed.lowest:g} to {row.typed.highest:g}"
    return f"'{row.key}' is in '{row.unit}', {ends}; found {value:g}."


def _order_faults(belief: Belief, document: Document, evidence: Evidence, where: Path_) -> Iterator[Fault]:
    """Yield a fault where what is believed breaks an order that every draw keeps."""
    known = {key for key in belief.quantity if key in evidence}
    for joint in evidence.sets.joint.values():
        if joint.order != "none" and known & set(joint.keys) and not _in_order(joint, belief, evidence):
            words = f"these values break an order that the evidence keeps: {joint.label}; give all of them."
            yield document.fault(words, where)


def _in_order(joint: Joint, belief: Belief, evidence: Evidence) -> bool:
    rows = [evidence[key] for key in joint.keys if key in evidence]
    values = [row.to_base(belief.quantity.get(row.key, row.mean)) for row in rows]
    return values == sorted(values, reverse=joint.order == "falls")

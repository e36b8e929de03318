"""The stakeholders that a run asks: the files that its reader gave, or else every position that ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bothand.faults import Fault, FaultsFound
from bothand.files import available, data_folder
from bothand.world.stakeholders.families import Weighed
from bothand.world.stakeholders.sealing import SealState, seal_state
from bothand.world.stakeholders.stakeholder import Stakeholder
from bothand.world.stakeholders.stakeholderfile import read_stakeholder


@dataclass(frozen=True)
class Consulted:
    """One stakeholder that a run asks.

    Attributes:
        stakeholder: what it says.
        path: the file that says it.
        ships: a position that ships: written to try the method with, nobody's own.
        seal: how the file stood to its seal when the run began.
    """

    stakeholder: Stakeholder
    path: Path
    ships: bool
    seal: SealState


def load_consulted(files: Sequence[Path], values: Weighed | None, began: datetime) -> tuple[Consulted, ...]:
    """Read the stakeholders that a run asks, in the order given; without files, the positions that ship.

    Args:
        files: files, or names of positions that ship.
        values: every value that has a weight, alone or with its family; None as in ``read_stakeholder``.
        began: when the run began, with its zone: before that nobody saw its results.

    Raises:
        FaultsFound: every fault of every file and seal, and keys that stand twice.
    """
    asked: list[Consulted] = []
    faults: list[Fault] = []
    for name in dict.fromkeys(files or map(Path, available("stakeholders"))):
        try:
            stakeholder, document, wrong = read_stakeholder(str(name), values)
            faults += wrong
            if stakeholder is None or wrong:
                continue
            path = document.path
            ships = path.resolve().is_relative_to(data_folder().resolve())
            asked.append(Consulted(stakeholder, path, ships, seal_state(path, began)))
        except FaultsFound as found:
            faults += found.faults
    first: dict[str, Path] = {}
    for one in asked:
        there = first.setdefault(one.stakeholder.key, one.path)
        if there != one.path:
            faults.append(Fault(str(one.path), f"'{one.stakeholder.key}' is the key of {there} too; name one anew."))
    if faults:
        raise FaultsFound(faults)
    return tuple(asked)

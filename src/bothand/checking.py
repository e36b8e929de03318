"""Reading any specification file and telling every fault of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from bothand.faults import Fault, FaultsFound
from bothand.files import read_text, read_toml

MARKS: tuple[tuple[str, str], ...] = (
    ("model", "model"),
    ("ask", "case"),
    ("run_in_start", "study"),
    ("services_today", "place"),
    ("series", "place"),
    ("payers", "service"),
    ("moves", "service"),
    ("essay", "value"),
    ("new_money", "plan"),
    ("line", "plan"),
    ("stance", "plan"),
)
"""A key that only one kind of file has, and that kind; the first that is found decides."""


def check_files(files: Iterable[Path]) -> list[tuple[Path, str]]:
    """Return (file, kind) of sound files. Raises FaultsFound once, with the faults of all the others."""
    found: list[tuple[Path, str]] = []
    faults: list[Fault] = []
    for path in files:
        try:
            kind = kind_of(path)
            _READERS[kind](path)
            found.append((path, kind))
        except FaultsFound as error:
            faults += error.faults
    if faults:
        raise FaultsFound(faults)
    return found


def kind_of(path: Path) -> str:
    """Return what kind of file this is: evidence for CSV, else by its keys. Raises FaultsFound when it is none."""
    if path.suffix == ".csv":
        read_text(path)
        return "evidence table"
    keys = read_toml(path).data
    if "model" in keys and isinstance(keys["model"], str) and "ask" not in keys:
        return "study"
    for mark, kind in MARKS:
        if mark in keys:
            return kind
    kinds = ", ".join(sorted({kind for _, kind in MARKS}))
    raise FaultsFound(
        [Fault(str(path), f"this is no file of a kind that is known; kinds: {kinds}, evidence table (CSV).")]
    )


def _model(path: Path) -> None:
    from bothand.engine.compile import compile_model
    from bothand.engine.discrete.structure import compile_discrete
    from bothand.world.model import load_model

    spec = load_model(path)
    if spec.header.time == "continuous":
        compile_model(spec)
    else:
        compile_discrete(spec)


def _case(path: Path) -> None:
    from bothand.world.casefile import load_case

    load_case(path)


def _study(path: Path) -> None:
    from bothand.engine.setting import load_setting

    load_setting(path)


def _place(path: Path) -> None:
    from bothand.evidence.tables import load_evidence
    from bothand.world.place import load_place, place_faults
    from bothand.world.service import available

    place = load_place(path)
    evidence = load_evidence(extra=place.evidence_files)
    faults = place_faults(place, evidence.names, available("services"))
    if faults:
        raise FaultsFound(faults)


def _service(path: Path) -> None:
    from bothand.evidence.tables import load_evidence
    from bothand.faults import nearest
    from bothand.world.service import load_service, quantity_keys

    service = load_service(path)
    evidence = load_evidence()
    document = read_toml(path)
    faults = [
        document.fault(f"unknown quantity '{key}'.", (), nearest(key, evidence.names))
        for key in quantity_keys(service)
        if key not in evidence
    ]
    if faults:
        raise FaultsFound(faults)


def _plan(path: Path) -> None:
    from bothand.engine.setting import budget_of
    from bothand.world.place import load_place
    from bothand.world.plan import load_plan
    from bothand.world.service import available
    from bothand.world.studyfile import load_study

    study = load_study("washtenaw")
    load_plan(path, available("services"), budget_of(study, load_place(study.place)))


def _value(path: Path) -> None:
    from bothand.files import validate
    from bothand.outcomes.values import Value

    validate(Value, read_toml(path))


def _evidence(path: Path) -> None:
    from bothand.evidence.tables import load_evidence
    from bothand.files import data_folder

    inside = path.resolve().parent == (data_folder() / "evidence").resolve()
    load_evidence(extra=() if inside else (path,))


_READERS: dict[str, Callable[[Path], None]] = {
    "model": _model,
    "case": _case,
    "study": _study,
    "place": _place,
    "service": _service,
    "plan": _plan,
    "value": _value,
    "evidence table": _evidence,
}

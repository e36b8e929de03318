"""A study: the file that names a place, a model, services and plans, and the settings of the run.

Every study shows all eleven values: none can be left out of the picture or of the search. Every plan is held against
no new money and, when the study has a plan called ``as_others_do``, against that one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, Strict

from bothand.evidence.sets import SETS, load_sets
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, available, data_folder, examine, named_file, nearest_beside, read_toml, told
from bothand.units import LARGEST_SEED
from bothand.world.place import Place
from bothand.world.plan import BY_NAME_ONLY, Plan
from bothand.world.planfile import load_plan
from bothand.world.service import MOST_COERCIVE, Key, Record, Service, Text, Year, load_service, load_services
from bothand.world.spending.faults import missing_faults, money_faults, required_faults, rule_faults
from bothand.world.spending.rule import Bounds, DownstreamCap, SpendingRule, bounds_of

EVERYTHING = "all"
MOST_DRAWS = 65_536  # UNIT: draws a study may ask for
MOST_KNOTS = 4  # UNIT: knots of toxicity that a fit may use (DESIGN 4)
OWN_FILES = ("own_evidence", "own_values", "own_marks")
LONGEST = 100  # UNIT: years a run may last

Seed = Annotated[int, Strict(), Field(ge=0, le=LARGEST_SEED)]
Rate = Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]
Grade = Annotated[int, Strict(), Field(ge=0, le=MOST_COERCIVE)]
Dollars = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Day = Annotated[datetime.date, Strict()]


class FitYears(Record):
    """Which years the fit of the run-in uses; the knots are where log toxicity may bend (at most four)."""

    last_level: Year = Field(description="last year whose deaths enter as a level")
    ratio_year: Year | None = Field(None, description="a later year that enters as a ratio to the year before it")
    test: tuple[Year, Year] = Field(description="first and last year of the test fit")
    test_knots: tuple[Year, ...] = Field(min_length=1, max_length=MOST_KNOTS)
    decision_knots: tuple[Year, ...] = Field(min_length=1, max_length=MOST_KNOTS)
    note: Text


class Study(Record):
    """The unit of work and of reproduction (DESIGN.md, section 2)."""

    key: Key
    label: Text = Field(description="what it is about, in a few words; the report prints it beside the place's name")
    note: Text
    place: Text = Field(description="name of a shipped place, or a path beside this file")
    model: Text
    services: tuple[Text, ...] = Field(min_length=1)
    plans: tuple[Text, ...] = Field(
        min_length=1, description="'nobody worse off' is judged against status_quo and, if it is here, as_others_do"
    )
    status_quo: Text = Field(description="the plan without new money")
    day_one: Day
    last_day: Day
    run_in_start: Year = Field(description="first year of the run-in")
    fit: FitYears
    horizons: tuple[Annotated[int, Strict(), Field(ge=1)], ...] = Field(min_length=1, description="years from day one")
    periods: tuple[tuple[Year, Year], ...] = Field(
        (), description="first and last year of each spending period of all years' money; absent = the place's own"
    )
    draws: Annotated[int, Strict(), Field(ge=1, le=MOST_DRAWS)]
    seed: Seed
    price_year: Year = Field(description="all dollars are those of this year")
    discount: Rate = Field(description="a year")
    discount_beside: tuple[Rate, ...] = Field((), description="shown beside")
    own_evidence: tuple[Text, ...] = Field((), description="tables of a reader's own quantities, beside this file")
    own_values: tuple[Text, ...] = Field((), description="files of a reader's own values, shown after the eleven")
    own_marks: tuple[Text, ...] = Field((), description="tables of marks of own values or services, beside this file")
    carry: tuple[Key, ...] = Field(
        (), description="histories and modifiers of the model that people carry who are followed one by one"
    )
    coercion_limit: Grade = Field(
        1, description="highest grade of coercion of a service that search may choose; 1 is an incentive"
    )
    usd_per_healthy_life_year: Dollars | None = Field(
        None,
        description="dollars that your board holds a healthy life-year to be worth, to set what finding out is worth "
        "beside what it costs; left out, both are told in healthy life-years and no life has a price",
    )
    spending_rule: tuple[SpendingRule, ...] = Field(
        (), description="earmarks, ceilings and exclusions that every plan found by search keeps, beside the place's"
    )
    downstream_cap: DownstreamCap | None = Field(
        None, description="what others may be asked for beside the plan's own dollars; absent = no cap"
    )
    choices: dict[Key, Text] = Field({}, description="which alternative of each evidence set is used")

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years of the run, day one's first."""
        return tuple(range(self.day_one.year, self.last_day.year + 1))


@dataclass(frozen=True)
class StudyParts:
    """A study with the services and plans it names, all loaded and free of faults."""

    study: Study
    services: tuple[Service, ...]
    plans: tuple[Plan, ...]
    folder: Path  # of the study's file; paths in it are beside it


def load_study(name: str | Path) -> Study:
    """Read one study by name or path; every file it names must exist. Raises FaultsFound with every fault."""
    study, _ = _read(name)
    return study


def load_parts(name: str | Path) -> StudyParts:
    """Read a study with its services and plans. Raises FaultsFound once, with the faults of all these files."""
    study, document = _read(name)
    folder = document.path.parent
    faults: list[Fault] = []
    services: tuple[Service, ...] = ()
    plans: list[Plan] = []
    try:
        services = load_services(beside(folder, entry) for entry in study.services)
        faults += [*_standing_faults(study, services, document), *_lever_faults(study, services, document)]
        faults += required_faults(study.spending_rule, services, study.coercion_limit, document)
    except FaultsFound as found:
        faults += found.faults
    known = [Path(entry).stem for entry in study.services]
    for entry in study.plans:
        try:
            plans.append(load_plan(beside(folder, entry), known))
        except FaultsFound as found:
            faults += found.faults
    if faults:
        raise FaultsFound(faults)
    return StudyParts(study, services, tuple(plans), folder)


def beside(folder: Path, entry: str) -> str | Path:
    """Return a shipped name as it is, and a path as one beside the study's file."""
    return folder / entry if entry.endswith(".toml") else entry


def paid_years(study: Study, place: Place) -> list[int]:
    """Return the calendar years of the run in which there is new money, of the first round or of all years."""
    money = place.about.money
    if money is None:
        return []
    spans = (money.first_round.spent, *(study.periods or money.periods))
    return [year for year in study.years if any(first <= year <= last for first, last in spans)]


def bounds_together(study: Study, place: Place) -> Bounds:
    """Return all rules of spending of a study and its place together."""
    about = place.about
    return bounds_of((*study.spending_rule, *about.spending_rule), (study.downstream_cap, about.downstream_cap))


def rules_beside_place(
    study: Study, services: Sequence[Service], place: Place, budget: float, own: Document, of_place: Document
) -> Iterator[Fault]:
    """Yield what is wrong with the rules of a study beside its place's, and with both beside services and money.

    Args:
        study, services: loaded. place: its place. budget: dollars a year of the first round.
        own, of_place: the files of both.
    """
    above = place.about.spending_rule
    yield from missing_faults(above, services, of_place)
    yield from required_faults(above, services, study.coercion_limit, of_place)
    yield from money_faults(above, (), budget, of_place)
    if not list(rule_faults(study.spending_rule, own)):
        yield from rule_faults(study.spending_rule, own, above=above)
    yield from money_faults(study.spending_rule, above, budget, own)


def money_beside_study(study: Study, place: Place, document: Document) -> Iterator[Fault]:
    """Yield what is wrong with the money of a place in the years of a study; ``document`` is the place's file."""
    money, years = place.about.money, study.years
    if money is None:
        yield document.fault(f"{place.label} has no money of its own; a study is of a place that has some.", ("money",))
        return
    first, last = money.first_round.spent
    if first < years[0] or last > years[-1]:
        message = f"the first round is spent in {first}-{last}; the study runs from {years[0]} to {years[-1]}."
        yield document.fault(message, ("money", "first_round", "spent"))
    if money.held_back:
        start, end = study.periods[0][0] if study.periods else years[0], money.held_back.spent[1]
        stop = study.periods[-1][1] if study.periods else years[-1]
        if money.held_back.spent[0] <= start or end > stop:
            message = f"what is held back is spent by {end}; this study spends money from {start} to {stop}."
            yield document.fault(message, ("money", "held_back", "spent"))
    begin = money.periods[0][0]
    if not study.periods and begin < years[0]:
        message = f"the first spending period begins in {begin}; day one of the study is in {years[0]}."
        yield document.fault(message, ("money", "periods"))


def _read(name: str | Path) -> tuple[Study, Document]:
    document = _with_everything(read_toml(named_file("studies", name)))
    study, faults = examine(Study, document)
    if study is not None:
        meaning = [*_own_faults(study, document), *_name_faults(study, document), *_period_faults(study, document)]
        meaning += _own_file_faults(study, document)
        meaning += rule_faults(study.spending_rule, document, [Path(entry).stem for entry in study.services])
        faults += told([*meaning, *_choice_faults(study, document)], faults)
    if study is None or faults:
        raise FaultsFound(faults)
    return study, document


def _with_everything(document: Document) -> Document:
    """Write out 'all': plans that nobody must ask for by name; services that are modelled and not off by default."""
    data: dict[str, Any] = dict(document.data)
    if data.get("plans") == EVERYTHING:
        data["plans"] = [name for name in available("plans") if not _by_name_only(name)]
    if data.get("services") == EVERYTHING:
        data["services"] = [name for name in available("services") if load_service(name).option]
    return Document(document.path, data, document.lines)


def _by_name_only(plan: str) -> bool:
    """Return whether a plan is a contrast or a worked example, which no study takes in with 'all'."""
    return read_toml(named_file("plans", plan)).data.get("stance") in BY_NAME_ONLY


def _own_faults(study: Study, document: Document) -> Iterator[Fault]:
    yield from document.misnamed(study.key)
    if study.last_day <= study.day_one:
        yield document.fault(f"the last day {study.last_day} is not after day one {study.day_one}.", ("last_day",))
    elif len(study.years) > LONGEST:
        yield document.fault(f"the run lasts {len(study.years)} years; at most {LONGEST} are run.", ("last_day",))
    elif max(study.horizons) > len(study.years):
        message = f"a horizon of {max(study.horizons)} years is longer than the run of {len(study.years)}."
        yield document.fault(message, ("horizons",))
    if list(study.horizons) != sorted(set(study.horizons)):
        yield document.fault("horizons must be in order, each once.", ("horizons",))
    if study.run_in_start >= study.day_one.year:
        yield document.fault("the run-in must start before day one.", ("run_in_start",))
    if study.status_quo not in study.plans:
        message = f"'{study.status_quo}' is not among the study's plans."
        yield document.fault(message, ("status_quo",), nearest(study.status_quo, study.plans))
    for kind in ("services", "plans"):
        entries = getattr(study, kind)
        for number, entry in enumerate(entries):
            if entry in entries[:number]:
                yield document.fault(f"'{entry}' stands twice.", (kind, number))


def _name_faults(study: Study, document: Document) -> Iterator[Fault]:
    entries = [("places", "place", (study.place,)), ("models", "model", (study.model,))]
    entries += [(kind, kind, getattr(study, kind)) for kind in ("services", "plans")]
    for kind, field, names in entries:
        known = available(kind)
        for number, entry in enumerate(names):
            where = (field, number) if kind == field else (field,)
            if entry.endswith(".toml"):
                path = document.path.parent / entry
                if not path.is_file():
                    yield document.fault(f"there is no file '{entry}' beside the study.", where, nearest_beside(path))
            elif entry not in known:
                own = (document.path.parent / f"{entry}.toml").is_file()
                near = f"{entry}.toml" if own else nearest(entry, known)  # a file of one's own is named with its ending
                yield document.fault(f"there is none called '{entry}' in {kind}.", where, near)


def _own_file_faults(study: Study, document: Document) -> Iterator[Fault]:
    """Yield a fault for each of a reader's own tables and values that is not beside the study."""
    for field in OWN_FILES:
        for number, entry in enumerate(getattr(study, field)):
            path = document.path.parent / entry
            if not path.is_file():
                message = f"there is no file '{entry}' beside the study."
                yield document.fault(message, (field, number), nearest_beside(path))


def _period_faults(study: Study, document: Document) -> Iterator[Fault]:
    before = study.day_one.year - 1
    for first, last in study.periods:
        if last < first or first <= before:
            message = f"the period {first}-{last} is out of order, or starts before day one."
            yield document.fault(message, ("periods",))
        if last > study.last_day.year:
            message = f"the period {first}-{last} ends after the run ({study.last_day.year})."
            yield document.fault(message, ("periods",))
        before = last


def _choice_faults(study: Study, document: Document) -> Iterator[Fault]:
    """Compare the choices and the price year with the evidence sets that ship."""
    sets, _ = load_sets(data_folder() / "evidence" / SETS)
    for name, option in study.choices.items():
        found = sets.alternatives.get(name)
        if found is None:
            near = nearest(name, sets.alternatives)
            yield document.fault(f"there are no alternatives '{name}' in the evidence.", ("choices", name), near)
        elif option not in found.options:
            message = f"'{option}' is no option of '{name}'; allowed: {', '.join(found.options)}."
            yield document.fault(message, ("choices", name), nearest(option, found.options))
    if sets.prices is not None and sets.prices.year != study.price_year:
        message = f"the evidence is in dollars of {sets.prices.year}; the study asks for {study.price_year}."
        yield document.fault(message, ("price_year",))


def _standing_faults(study: Study, services: Sequence[Service], document: Document) -> Iterator[Fault]:
    """Yield a fault for each service of the study that cannot be run."""
    for number, service in enumerate(services):
        if service.not_modelled:
            message = f"'{service.key}' is not modelled ({service.not_modelled.reason}): no study can run it."
            yield document.fault(f"{message} Every report lists it.", ("services", number))


def _lever_faults(study: Study, services: Sequence[Service], document: Document) -> list[Fault]:
    """Compare the levers that services name with those the model declares (kind included)."""
    declared = read_toml(named_file("models", beside(document.path.parent, study.model))).data.get("lever", {})
    faults = []
    for service in services:
        for move in service.moves:
            found = declared.get(move.lever)
            if found is None:
                message = f"service '{service.key}' moves '{move.lever}', which is no lever of {study.model}."
                faults.append(document.fault(message, ("services",), nearest(move.lever, declared)))
            elif found.get("kind") != move.kind:
                message = (
                    f"service '{service.key}' moves '{move.lever}' as {move.kind}; the model says {found.get('kind')}."
                )
                faults.append(document.fault(message, ("services",)))
    return faults

"""A service: something money buys. One service is one TOML file in ``data/services``; it names no rate of a model.

A service says what a unit costs and who pays, how long it takes to open, how many people a unit serves, which levers
those people move, who is eligible and willing, and on which terms it is run. Every number in it is the *key* of a
quantity in ``data/evidence``; the file itself holds names and words only (DESIGN.md, section 5).
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints

from bothand.evidence.tables import Evidence
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, available, examine, named_file, read_toml, told
from bothand.units import MONEYS, SHARES, Kind
from bothand.words import dollars, range_words

FIRST_YEAR = 1900  # UNIT: calendar years that a file may name
LAST_YEAR = 2200  # UNIT: calendar years that a file may name
HUNDRED = 100  # UNIT: per cent
MOST_COERCIVE = 4  # UNIT: grade of confinement; 0 is an offer (DESIGN.md, section 9)

LENGTHS = frozenset({Kind.DURATION})
ANY: frozenset[Kind] = frozenset()  # every kind of number may stand there

Named = tuple[Path_, str, frozenset[Kind]]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Year = Annotated[int, Strict(), Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Flag = Annotated[bool, Strict()]
Grade = Annotated[int, Strict(), Field(ge=0, le=MOST_COERCIVE)]


def no_markup(text: str) -> str:
    """Refuse what a page or a terminal would read as an order. Raises ValueError."""
    if "<" in text or ">" in text:
        raise ValueError("the signs < and > may not stand in a name or a text")
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in text):
        raise ValueError("control characters may not stand in a name or a text")
    return text


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(no_markup)]

ServiceKind = Literal["harm_reduction", "bridge", "treatment", "recovery", "prevention"]
LeverKind = Literal["reach", "places", "kits", "share"]
OtherPayer = Literal["medicaid", "state", "county", "federal", "residents", "other"]
Places = Literal["own", "queue"]
WhyNot = Literal["no effect size found", "its effect lies outside the model"]

Offer = Literal["never raised", "offered once", "pressed"]
Entry = Literal["none", "intake", "abstinence first"]
ReturnToUse = Literal["stays", "paused", "discharged"]
Medication = Literal["welcome", "residents choose the house", "excluded"]
Family = Literal["not asked", "invited with consent"]
Neighbours = Literal["none", "agreement"]
Choice = Literal["one product", "own first choice"]


class Record(BaseModel):
    """The base of every noun read from a specification file: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Terms(Record):
    """How a service is run: named choices, part of a plan beside its dollars (DESIGN.md, section 5)."""

    offer: Offer = Field(description="whether treatment and recovery are raised with the person")
    entry: Entry = Field(description="what is asked before the first visit")
    return_to_use: ReturnToUse = Field(description="what follows when a person returns to use")
    medication: Medication = Field(description="whether people who take medication are welcome")
    family: Family = Field(description="whether family are asked in")
    neighbours: Neighbours = Field(description="whether there is an agreement with the neighbours")
    whose_choice: Choice = Field(description="whether the person chooses product, place and pace")


class Cost(Record):
    """An amount of money. Its price year is the evidence row's; the report's price year is the study's."""

    quantity: Key = Field(description="quantity in USD")
    label: Text
    beside_places: Flag = Field(False, description="true when it pays for something else than the places bought")


class Payers(Record):
    """Who pays the full unit cost: the settlement its share, one other payer the rest."""

    settlement: Key = Field(description="quantity: share of the unit cost that settlement money pays")
    rest: OtherPayer = Field(description="who pays the rest")
    rest_label: Text
    supplants: Flag = Field(description="true when the line may pay for what was paid before")
    supplants_note: Text


class Move(Record):
    """One lever that the service moves. People at a time on the lever = units x amount x stay in years."""

    lever: Key = Field(description="name of the model's lever")
    kind: LeverKind
    amount: Key | None = Field(None, description="quantity: people (kits, places) per unit; absent = one by definition")
    stay: Key | None = Field(None, description="quantity: how long a unit serves a person; absent = the unit is a year")
    blend: Key | None = Field(None, description="quantity: share among the people in the new places (a weighted mean)")
    beside: Key | None = Field(None, description="with blend: the places lever whose new places are blended in")
    own_places: Flag = Field(False, description="places that the service brings for the people it starts on treatment")
    later: Key | None = Field(None, description="quantity: time from the service to its effect; absent = none")
    note: Text


class Unmodelled(Record):
    """Why a service that is known is not modelled. It is shown with its cost and terms, never as a zero."""

    reason: WhyNot
    words: Text = Field(description="what was looked for, or what it does that the model does not hold")


class OtherPay(Record):
    """Someone beside the settlement who can pay, could pay, or may no longer pay."""

    who: Text
    pays: Literal["yes", "in part", "no"]
    since: Annotated[datetime.date, Strict()] | None = Field(None, description="first day; absent = not said")
    until: Annotated[datetime.date, Strict()] | None = Field(None, description="last day; absent = no end was seen")
    note: Text


class Demand(Record):
    """Where the ceiling comes from: eligible people of one lever, the share who are willing, less those served."""

    of: Key = Field(description="lever whose eligible people set the ceiling")
    willing: Key | None = Field(None, description="quantity: share of eligible people who are willing; absent = all")


class Ratio(Record):
    """A ratio by which the lever works in the model, and the population it was measured against."""

    quantity: Key
    reference_population: Text = Field(description="as in the evidence row; another population is a fault")
    note: Text


class Legal(Record):
    """What law says, in one word, and the keys of the rules that a place gives in full."""

    label: Literal["required", "allowed", "allowed with conditions", "contested", "not allowed"]
    note: Text
    rules: tuple[Key, ...]


class Heading(Record):
    """A heading of Exhibit E of the national settlements (the heading was read; items below it were not)."""

    code: Annotated[str, StringConstraints(pattern=r"^[AB]\.[A-Z]$")]
    heading: Text


class Service(Record):
    """Something money buys. Every quantity is named by its key in ``data/evidence``."""

    key: Key
    label: Text
    short: Text
    kind: ServiceKind
    summary: Text = Field(description="what it does, in plain words")
    unit: Text = Field(description="what one unit is, such as 'client-year'")
    counts: Text = Field(description="what the number reached counts, such as 'people in contact at a time'")
    counts_lever: Key | None = Field(
        None, description="lever whose people at a time are counted; absent = units a year"
    )
    cost: tuple[Cost, ...] = Field(min_length=1, description="parts of the full unit cost, all payers")
    payers: Payers
    whole: Flag = Field(False, description="units come whole: below one nothing opens, and a part of one is returned")
    start_up: Cost = Field(description="paid once, by the settlement, before the first unit")
    smallest: Cost = Field(description="smallest settlement award a year that buys anything; less is returned")
    lag: Key = Field(description="quantity: time from award to a running service; the board's own lag is the place's")
    moves: tuple[Move, ...] = Field((), description="what it moves; none only where modelled = false")
    modelled: Flag = Field(True, description="false: known, shown and never run, searched or ranked")
    not_modelled: Unmodelled | None = Field(None, description="with modelled = false: why")
    off: Text | None = Field(None, description="why it is off by default: it may be run, and is never searched for")
    variant_of: Key | None = Field(None, description="service of which this is a milder or fuller form")
    other_ways: tuple[Key, ...] = Field(
        (), description="services that give the same help to people whom a condition among its terms shuts out"
    )
    demand: Demand | None = Field(None, description="the ceiling; absent = none but the model's own saturation")
    eligible: Text
    groups: tuple[Text, ...] = Field(min_length=1)
    ratios: tuple[Ratio, ...] = ()
    terms: Terms
    coercion: Grade = Field(description="grade of what the service is by itself, 0 an offer; terms have their own")
    coercion_note: Text
    lived_experience: Key = Field(description="quantity: share of the money in programmes run by people with it")
    legal: Legal
    exhibit_e: tuple[Heading, ...] = Field(description="headings it stands under; none only where it is off")
    federal_grants: Text
    other_payers: tuple[OtherPay, ...] = Field((), description="who else can pay, or may not any more, and to when")
    evidence_grade: Text = Field(description="how sure the effect is, in a sentence")
    disputes: tuple[Text, ...]
    outside_model: tuple[Text, ...] = Field((), description="what it does that the model does not hold")
    sources: tuple[Text, ...] = Field(min_length=1)

    @property
    def own_terms(self) -> Terms:
        """The terms that its numbers are those of: its own file's, also where a programme runs it on others."""
        return self.terms

    @property
    def own_places(self) -> bool:
        """True when the service can bring places of its own for the people it starts on treatment."""
        return any(move.own_places for move in self.moves)

    @property
    def option(self) -> bool:
        """True when search, curves and rankings may choose it: it is modelled, and not off by default."""
        return self.modelled and self.off is None

    @property
    def standing(self) -> str:
        """How the service stands, in words: in use, off, or not modelled, and why."""
        said = [f"off by default: {self.off}"] if self.off else []
        if self.not_modelled:
            said.append(f"not modelled: {self.not_modelled.reason}")
        return "; ".join(said) or "modelled"


def quantity_keys(service: Service) -> tuple[str, ...]:
    """Return the keys of every quantity the service names, each once."""
    return tuple(dict.fromkeys(key for _, key, _ in named_keys(service)))


def named_keys(service: Service) -> Iterator[Named]:
    """Yield (where in the file, key, kinds of number that may stand there) of every quantity the service names."""
    for number, part in enumerate(service.cost):
        yield ("cost", number, "quantity"), part.quantity, MONEYS
    yield ("start_up", "quantity"), service.start_up.quantity, MONEYS
    yield ("smallest", "quantity"), service.smallest.quantity, MONEYS
    yield ("payers", "settlement"), service.payers.settlement, SHARES
    yield ("lag",), service.lag, LENGTHS
    yield ("lived_experience",), service.lived_experience, SHARES
    for number, move in enumerate(service.moves):
        asked = (
            *(("amount", move.amount, ANY), ("blend", move.blend, SHARES)),
            *(("stay", move.stay, LENGTHS), ("later", move.later, LENGTHS)),
        )
        yield from ((("moves", number, name), key, kinds) for name, key, kinds in asked if key)
    if service.demand is not None and service.demand.willing is not None:
        yield ("demand", "willing"), service.demand.willing, SHARES
    for number, ratio in enumerate(service.ratios):
        yield ("ratios", number, "quantity"), ratio.quantity, ANY


def costs_told(service: Service, evidence: Evidence) -> str:
    """Return what one unit costs, all payers, in dollars of the report's price year, and who pays it."""
    found = []
    for part in service.cost:
        row = evidence[evidence.resolve(part.quantity)]
        mean, low, high = (v * evidence.price_factor(row) for v in (row.base_mean, row.base_low, row.base_high))
        found.append(f"{part.label}: {dollars(mean)} ({range_words(low, high, dollars)})")
    share = evidence[evidence.resolve(service.payers.settlement)].base_mean
    paid = f"The settlement pays about {round(share * HUNDRED)} %, the rest {service.payers.rest_label}"
    return f"{'; '.join(found)}. {paid}"


def load_service(name: str | Path) -> Service:
    """Read one service by name or path. Raises FaultsFound with every fault of the file."""
    service, faults = read_service(read_toml(named_file("services", name)))
    if service is None or faults:
        raise FaultsFound(faults)
    return service


def read_service(document: Document) -> tuple[Service | None, list[Fault]]:
    """Return what is sound of a service (None when too little is) and every fault of its file."""
    service, faults = examine(Service, document)
    if service is not None:
        faults += told(_faults(service, document), faults)
    return service, faults


def load_services(names: Iterable[str | Path]) -> tuple[Service, ...]:
    """Read several services. Raises FaultsFound once, with the faults of all of them."""
    services: list[Service] = []
    faults: list[Fault] = []
    for name in names:
        try:
            services.append(load_service(name))
        except FaultsFound as found:
            faults += found.faults
    if faults:
        raise FaultsFound(faults)
    return tuple(services)


def _faults(service: Service, document: Document) -> Iterator[Fault]:
    yield from document.misnamed(service.key)
    yield from _standing_faults(service, document)
    levers = [move.lever for move in service.moves]
    for number, move in enumerate(service.moves):
        where = ("moves", number)
        if move.lever in levers[:number]:
            yield document.fault(f"the lever '{move.lever}' stands twice in 'moves'.", (*where, "lever"))
        if move.own_places and move.kind != "places":
            yield document.fault("only a lever of kind 'places' can be 'own_places'.", (*where, "own_places"))
        if move.blend is not None and move.kind != "share":
            yield document.fault("'blend' belongs to a lever of kind 'share'.", (*where, "blend"))
        if (move.blend is None) != (move.beside is None):
            yield document.fault("'blend' and 'beside' belong together.", where)
        yield from _moved(move.beside, levers, document, (*where, "beside"))
    bought = any(move.kind == "places" and not move.own_places for move in service.moves)
    for number, part in enumerate(service.cost):
        if part.beside_places and not bought:
            message = "'beside_places' belongs to a service whose price buys places."
            yield document.fault(message, ("cost", number, "beside_places"))
    if bought and all(part.beside_places for part in service.cost):
        yield document.fault("no part of the price pays for the places that the service buys.", ("cost",))
    yield from _moved(service.demand.of if service.demand else None, levers, document, ("demand", "of"))
    yield from _moved(service.counts_lever, levers, document, ("counts_lever",))


def _standing_faults(service: Service, document: Document) -> Iterator[Fault]:
    """Yield what does not fit together in whether a service is modelled, and in the services that it names."""
    if service.modelled and not service.moves:
        yield document.fault("a service that is modelled moves a lever; say modelled = false, and why.", ("moves",))
    if service.modelled != (service.not_modelled is None):
        yield document.fault("'modelled = false' and 'not_modelled' (why) belong together.", ("modelled",))
    if not service.exhibit_e and service.off is None:
        yield document.fault(
            "a service that is not off by default stands under a heading of Exhibit E.", ("exhibit_e",)
        )
    if not service.modelled:
        given = [name for name in ("moves", "demand", "ratios", "counts_lever") if getattr(service, name)]
        yield from (document.fault(f"a service that is not modelled has no '{name}'.", (name,)) for name in given)
    beside: dict[Path_, str] = {("other_ways", n): key for n, key in enumerate(service.other_ways)}
    beside |= {("variant_of",): service.variant_of} if service.variant_of else {}
    known = {*available("services"), *(path.stem for path in document.path.parent.glob("*.toml"))} - {service.key}
    for where, key in beside.items():
        if key not in known:
            yield document.fault(f"there is no other service '{key}'.", where, nearest(key, known))


def _moved(name: str | None, levers: list[str], document: Document, where: Path_) -> Iterator[Fault]:
    if name is not None and name not in levers:
        near = nearest(name, levers)
        yield document.fault(f"'{where[-1]}' names '{name}', which the service does not move.", where, near)

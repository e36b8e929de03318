"""The model file: its nouns as they stand in TOML, and its loader.

A model says which states exist, who can move where and at what rate. It holds no place, no plan and no dollar.
Time is continuous (hazards a year), or discrete: then the model names the conventions by which it was published.
Shapes and keys are checked here; names, sets, targets, units and rates by the compiler (`engine/compile.py`),
which reports its faults through ``ModelSpec.fault`` with the file and line of the key.

Long because every noun of the language stands here once, in the order of the file, beside the loader that checks it.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, Strict, model_validator

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, examine, named_file, read_toml
from bothand.world.service import no_markup


def _as_text(value: Any) -> Any:
    """Let a bare number stand for the expression that is this number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    return value


def _as_choice(value: Any) -> Any:
    if isinstance(value, dict):
        if not isinstance(value.get("by"), str):
            raise ValueError("a choice is a table with the key 'by' (a dimension, phase, sex or age)")
        return {key: entry if key == "by" else _as_choice(entry) for key, entry in value.items()}
    value = _as_text(value)
    if not isinstance(value, str):
        raise ValueError("a rate is an expression in quotes, or a table with the key 'by'")
    return value


def _as_names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Text = Annotated[str, BeforeValidator(_as_text)]
LONGEST = 1000  # UNIT: cycles that a duration is kept for; each is a cell of its own
LABELS = ("label", "short", "description")  # what no rate reads
Label = Annotated[str, AfterValidator(no_markup)]
Names = Annotated[list[str], BeforeValidator(_as_names)]
Choice = Annotated[str | dict[str, Any], BeforeValidator(_as_choice)]
Counting = Literal["start", "end", "life-table", "weights"]
FromRates = Literal["each-alone", "competing", "matrix-exponential"]
Competing = Literal["conditional-on-survival", "subtract"]
Lets = dict[str, Choice]
Selector = dict[str, str | list[str]]
Selectors = Annotated[list[Selector], BeforeValidator(_as_list)]


class Spec(BaseModel):
    """What every table of a model file shares: no unknown key, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Strata(Spec):
    """Sexes and the lower ends of age bands [a, b); the last number is the upper end of the last band."""

    sex: list[str] = []
    age: list[int] = []

    @model_validator(mode="after")
    def _ages_rise(self) -> Strata:
        if self.age and (len(self.age) < 2 or any(b <= a for a, b in zip(self.age, self.age[1:], strict=False))):
            raise ValueError("ages must rise, and there must be at least two of them")
        if len(set(self.sex)) != len(self.sex):
            raise ValueError("a sex stands twice")
        return self

    @property
    def sexes(self) -> list[str]:
        """Sexes, or one empty name when the model does not tell sexes apart."""
        return self.sex or [""]

    @property
    def bands(self) -> list[str]:
        """Names of the age bands, "15-24", or one empty name when the model does not tell ages apart."""
        return [f"{a}-{b - 1}" for a, b in zip(self.age, self.age[1:], strict=False)] or [""]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """(sex, age band) of every stratum, sex outermost."""
        return [(sex, band) for sex in self.sexes for band in self.bands]


class Header(Spec):
    """What the model is."""

    name: str
    label: Label = ""
    description: Label = ""
    time: Literal["continuous", "discrete"]
    cycle: Text | None = Field(default=None, description='length of a cycle: "1 year", "4 weeks", or years')
    from_rates: FromRates | None = Field(default=None, description="how a rate becomes a probability a cycle")
    competing: Competing | None = Field(default=None, description="how death and the other moves of a cycle meet")
    start_age: Text | None = Field(default=None, description="age at the start of cycle 1, in whole years")
    start_year: Text | None = Field(default=None, description="calendar year at the start of cycle 1")
    strata: Strata = Strata()
    day_one: Selectors = Field(default=[], description="cells that nobody enters later: people are there on day one")


class Level(Spec):
    """One level of a dimension; a level with an empty label does not show in public names."""

    name: str
    label: Label


class Dimension(Spec):
    """One axis of a person's state, with named sets of levels.

    ``pairs`` lists families of levels that answer one another ([["using", "return_using"], ...]): when a rule's
    target is a set, the person goes to the member of the set that is in the family of where they are.
    """

    label: Label
    levels: list[Level] = Field(min_length=1)
    sets: dict[str, list[str]] = {}
    pairs: list[list[str]] = []


class Step(Spec):
    """One phase. ``mean`` is "4 weeks" (days, weeks, months, years) or an expression in years; none in the last."""

    name: str
    label: Label
    mean: Text | None = None


class Phases(Spec):
    """Steps that split the cells of ``in``: entered at the first, kept while the levels named in it are kept."""

    cells: Selector = Field(alias="in", min_length=1)
    steps: list[Step] = Field(min_length=1)


class Duration(Spec):
    """Cells in which a model in discrete time keeps how long a person has been there, in cycles.

    In a formula of these cells ``duration`` is 1 in a person's first cycle there and rises by one with every cycle in a
    row in any of them, up to ``longest``; who leaves and comes back begins anew.
    """

    label: Label
    cells: Selectors = Field(alias="in", min_length=1)
    longest: Annotated[int, Strict(), Field(ge=1, le=LONGEST)]


class Modifier(Spec):
    """What differs between people: each has one value for life, from a distribution.

    It is ``uniform`` from ``low`` to ``high``, or ``gamma`` or ``lognormal`` with mean 1 and standard deviation ``sd``.
    In discrete time formulas of rewards and rates read it by its name. In continuous time it multiplies the hazards of
    the rules or events in ``changes``, and its mean is 1. A cohort is at its mean.
    """

    label: Label
    distribution: Literal["uniform", "gamma", "lognormal"]
    low: Text | None = None
    high: Text | None = None
    sd: Text | None = None
    changes: Names = []

    @model_validator(mode="after")
    def _whole(self) -> Modifier:
        wanted = ("low", "high") if self.distribution == "uniform" else ("sd",)
        if tuple(key for key in ("low", "high", "sd") if getattr(self, key) is not None) != wanted:
            raise ValueError(f"a {self.distribution} modifier is given by {' and '.join(map(repr, wanted))}")
        return self

    @property
    def numbers(self) -> dict[str, str]:
        """The expressions that are given, by name."""
        return {key: text for key in ("low", "high", "sd") if (text := getattr(self, key)) is not None}


class History(Spec):
    """How the past of a person changes their hazards: what the states of the model leave out.

    Every rule or event in ``after`` adds one to the person's level; the hazards of those in ``changes`` are multiplied
    by the factor of the level (``factors``: at level 0, 1, 2, ...; the last holds from there on). ``fades``: how long
    after the last time the level falls back to 0. ``start``: the share of people who have level 1 on day one.
    """

    label: Label
    after: Names = Field(min_length=1)
    changes: Names = Field(min_length=1)
    factors: list[Choice] = Field(min_length=2)
    fades: Text | None = None
    start: Choice | None = None
    let: Lets = {}

    @model_validator(mode="after")
    def _one_of_two(self) -> History:
        if self.fades is not None and self.start is not None:
            raise ValueError("a history that fades has no 'start': nobody says how long ago it was")
        return self


class Stage(Spec):
    """One part of a cycle in discrete time: its rules move at once the people whom the stage before leaves.

    First the people of ``add`` come, a cycle (they go where it is negative, never below nobody). Whom no rule moves
    stays; where ``rest`` is "dropped" the rules say all there is, staying included, and need not add up to 1.
    """

    name: str
    label: Label
    add: Choice | None = None
    rest: Literal["stays", "dropped"] = "stays"


class Way(Spec):
    """One way out of a fork: to another fork (``to``) or to where people start (``end``).

    ``probability = "rest"`` is what the other ways of the fork leave. ``gives`` adds to rewards (in continuous time:
    to measures), once for everyone who goes this way, at the start and so never discounted.
    """

    name: str
    label: Label = ""
    probability: Choice
    to: str | None = None
    end: str | dict[str, str] | None = None
    gives: dict[str, Choice] = {}

    @model_validator(mode="after")
    def _one_of_two(self) -> Way:
        if (self.to is None) == (self.end is None):
            raise ValueError("a way leads either 'to' a fork or to an 'end'")
        return self


class Fork(Spec):
    """A point of a chance tree at which one of several things happens."""

    name: str
    label: Label = ""
    way: list[Way] = Field(min_length=1)


class Tree(Spec):
    """A chance tree before the model: what happens first, and where people then start. It begins at the first fork."""

    label: Label
    fork: list[Fork] = Field(min_length=1)


class Lever(Spec):
    """What a service may move. ``status_quo`` is an expression over quantities; a place may give its own.

    An ``optional`` lever has the status quo "0"; a study none of whose services moves it is compiled without it, and
    what only it reads is then no quantity of the study.
    """

    label: Label
    kind: Literal["reach", "places", "kits", "share"]
    status_quo: Text | None = None
    eligible: Selectors = []
    unit: str = ""
    optional: bool = Field(default=False, description="left out where no service of a study moves it")

    @model_validator(mode="after")
    def _nothing_today(self) -> Lever:
        if self.optional and self.status_quo != "0":
            raise ValueError('an optional lever has status_quo = "0": without it the model must be the same')
        return self


class Series(Spec):
    """A number for every calendar year, given by the environment, read as ``name[year]``."""

    label: Label
    by: Literal["year"]
    unit: str = ""


class Table(Spec):
    """Numbers given by the environment, read as ``name[sex, age]``; in discrete time also by ``cycle``."""

    label: Label
    by: Annotated[list[Literal["sex", "age", "cycle"]], BeforeValidator(_as_names)] = Field(min_length=1)
    unit: str = ""


class Rule(Spec):
    """One move, for every cell of ``in`` at once. ``death`` marks a path that the held-death twin holds.

    ``rate`` is a year; a model in discrete time may give ``probability``, a cycle, in its place.
    """

    name: str
    label: Label
    cells: Selectors = Field(alias="in", min_length=1)
    to: str | dict[str, str]
    rate: Choice | None = None
    probability: Choice | None = None
    death: bool = False
    gate: str | None = None
    let: Lets = {}
    request: str | None = None
    moves: str | None = None
    stage: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Rule:
        if (self.rate is None) == (self.probability is None):
            raise ValueError("a rule has either 'rate' or 'probability'")
        return self


class Branch(Spec):
    """What may follow an event. Without ``to`` the person stays; ``of = "survivors"`` counts those not killed."""

    name: str
    label: Label = ""
    to: str | dict[str, str] | None = None
    of: Literal["everyone", "survivors"] = "everyone"
    probability: Choice | None = None
    where: Selectors = []
    death: bool = False
    let: Lets = {}
    moves: str | None = None


class Event(Spec):
    """Something that happens to people within a state, with branches that may move them."""

    name: str
    label: Label
    cells: Selectors = Field(alias="in", min_length=1)
    rate: Choice
    let: Lets = {}
    branch: list[Branch] = []
    stage: str | None = None


class Capacity(Spec):
    """Places that people take while they are in ``holds``; ``fill`` says how well the places are filled."""

    label: Label
    holds: Selectors = Field(min_length=1)
    places: Text
    fill: Text


class Stock(Spec):
    """The kits in the right hands (`bothand describe` prints the law)."""

    label: Label
    kits: Text
    shelf_life: Text
    most: Text
    draw_down: Text
    use_per_event: Text
    event: str
    among: Selectors = Field(min_length=1)


class Inflow(Spec):
    """People who arrive, a year; the share ``prevented`` arrives in ``prevented_to`` instead and stays in view."""

    label: Label
    to: dict[str, str]
    rate: Choice
    prevented_to: dict[str, str] | None = None
    prevented: Text | None = None
    let: Lets = {}


class Measure(Spec):
    """A weight per person-year in each compartment: 1 in the cells of ``in``, or ``value``."""

    label: Label
    unit: str
    cells: Selectors | None = Field(default=None, alias="in")
    value: Choice | None = None
    let: Lets = {}

    @model_validator(mode="after")
    def _one_of_two(self) -> Measure:
        if (self.cells is None) == (self.value is None):
            raise ValueError("a measure has either 'in' or 'value'")
        return self


class Count(Spec):
    """Moves and events that are counted together; a branch is a move, named "event: branch" among the rules."""

    label: Label
    rules: list[str] = []
    events: list[str] = []


class Discount(Spec):
    """``rate`` is what a year takes off: a sum in t years is worth (1 + rate)^-t of it today; it may differ by cell.

    ``origin``: "start" leaves the first cycle (or point) that is counted whole, "end" discounts it by a cycle.
    """

    rate: Choice
    origin: Literal["start", "end"]


class Reward(Spec):
    """What a discrete model adds up: ``state`` a person-year in each cell, ``move`` each time a rule moves someone.

    ``counting`` says which people a cycle counts: those at its "start", at its "end", the mean of both
    ("life-table"); or the points 0 to n between cycles, each times ``weights`` (an expression that may read
    ``cycle``, here the number of the point). A move counts "with-state", as part of what is counted at the end of
    its cycle and with the same weight, or "once", whatever the counting.
    """

    label: Label
    unit: str = ""
    state: Choice | None = None
    move: dict[str, Choice] = {}
    move_counted: Literal["with-state", "once"] | None = None
    discount: Discount | None = None
    counting: Counting
    weights: Text | None = None
    let: Lets = {}

    @model_validator(mode="after")
    def _whole(self) -> Reward:
        if self.state is None and not self.move:
            raise ValueError("a reward has 'state', 'move' or both")
        if (self.move_counted is None) != (not self.move):
            raise ValueError("'move' and 'move_counted' belong together")
        return self


class Variant(Spec):
    """A strategy: the model with other lets of the model level."""

    name: str
    label: Label = ""
    lets: Lets = Field(alias="set")


class Group(Spec):
    """People as they are on day one; the group with an empty ``in`` is the one that inflow belongs to."""

    label: Label
    short: Label = ""
    cells: Selectors = Field(alias="in")


class ModelSpec(Spec):
    """A whole model file."""

    header: Header = Field(alias="model")
    dead: dict[str, Label] = {}
    dimension: dict[str, Dimension] = Field(min_length=1)
    cells: list[Selector] = Field(min_length=1)
    phases: dict[str, Phases] = {}
    duration: dict[str, Duration] = {}
    modifier: dict[str, Modifier] = {}
    history: dict[str, History] = {}
    stage: list[Stage] = []
    tree: dict[str, Tree] = {}
    lever: dict[str, Lever] = {}
    combine: dict[str, Literal["multiply", "best"]] = {}
    series: dict[str, Series] = {}
    table: dict[str, Table] = {}
    let: Lets = {}
    rule: list[Rule] = []
    event: list[Event] = []
    capacity: dict[str, Capacity] = {}
    stock: dict[str, Stock] = {}
    inflow: dict[str, Inflow] = {}
    measure: dict[str, Measure] = {}
    count: dict[str, Count] = {}
    group: dict[str, Group] = {}
    reward: dict[str, Reward] = {}
    variant: list[Variant] = []

    _document: Document | None = PrivateAttr(default=None)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.header.name

    def fault(self, message: str, where: Path_ = (), near: str | None = None) -> Fault:
        """Make a fault at a key of the file this model was read from."""
        if self._document is None:
            return Fault(f"model {self.name}", message, ".".join(str(w) for w in where), None, near)
        return self._document.fault(message, where, near)

    def without(self, levers: Collection[str]) -> ModelSpec:
        """Return the model without these levers, the pairs they combine in and the measures of who is eligible."""
        apart = {"lever": levers, "measure": {f"eligible_{name}" for name in levers}}
        kept = {key: {n: v for n, v in getattr(self, key).items() if n not in out} for key, out in apart.items()}
        pairs = {
            pair: how for pair, how in self.combine.items() if not {n.strip() for n in pair.split(",")} & {*levers}
        }
        return self.model_copy(update={**kept, "combine": pairs})


def as_variant(spec: ModelSpec, name: str) -> ModelSpec:
    """Return the model as one of its variants. Raises FaultsFound when it has none of this name."""
    known = [variant.name for variant in spec.variant]
    if name not in known:
        message = f"there is no variant '{name}'; there are: {', '.join(known) or 'none'}."
        raise FaultsFound([spec.fault(message, ("variant",), nearest(name, known))])
    return spec.model_copy(update={"let": {**spec.let, **spec.variant[known.index(name)].lets}})


def load_model(path_or_name: Path | str) -> ModelSpec:
    """Read a model: a path to a TOML file, or the name of a model that ships inside the package.

    Raises FaultsFound with every unknown or missing key and wrong type, each with its line.
    """
    spec, faults = read_model(path_or_name)
    if spec is None or faults:
        raise FaultsFound(faults)
    return spec


def read_model(path_or_name: Path | str) -> tuple[ModelSpec | None, list[Fault]]:
    """Return a model without unknown keys and faulty labels, so that it can be compiled all the same, and every fault.

    None when more is wrong. Raises FaultsFound for a name or file that cannot be read.
    """
    document = read_toml(named_file("models", path_or_name))
    spec, faults = examine(ModelSpec, document, fill=LABELS)
    if spec is not None:
        spec._document = document
    return spec, faults

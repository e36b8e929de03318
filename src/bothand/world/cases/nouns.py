"""A case file's tables, in the order of the file. Times are in years, whatever the cycle."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Strict, model_validator

from bothand.world.model import Choice, Competing, Counting, FromRates, Selectors, Spec, Text

Real = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Positive = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
Names = Annotated[list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
Whole = Annotated[int, Strict(), Field(ge=1)]
Time = Literal["continuous", "discrete"]

MOST_DRAWS = 100_000  # UNIT: draws of one case
MOST_PEOPLE = 10_000_000  # UNIT: people who are followed one by one for one question
MOST_WORTHS = 10_000  # UNIT: points of a grid of willingness to pay
ROUNDING = 1e-9  # MATH: the last point of a grid may miss its end by this share of a step, and shares miss 1 by it


class About(Spec):
    """What the case is."""

    id: str
    title: str
    features: tuple[str, ...] = ()
    accuracy: Literal["exact", "stepped"] = Field(
        description="exact: answered without a step error, by exponentials, solves, whole cycles; "
        "stepped: continuous time in weekly steps, as limited places need (discrete time stays exact)"
    )
    precision: Literal["double", "single"] = Field(
        default="double", description="whether the source stores its numbers in 32 bits (single) before it uses them"
    )
    notes: str = ""


class Source(Spec):
    """Where numbers and answers come from, and under which licence they were published."""

    citation: str
    licence: str
    repo: str = ""
    commit: str = ""
    package: str = ""
    where: str = ""
    run: str = ""


class Distribution(Spec):
    """How a number is uncertain: a family, and the parameters that the source gives for it."""

    family: Literal["gamma", "beta", "lognormal", "normal", "uniform"]
    shape: Positive | None = Field(default=None, description="gamma, with either rate or scale")
    rate: Positive | None = None
    scale: Positive | None = None
    a: Positive | None = Field(default=None, description="beta, with b")
    b: Positive | None = None
    median: Positive | None = Field(default=None, description="lognormal, or meanlog, the logarithm of it")
    meanlog: Real | None = None
    sdlog: Positive | None = Field(default=None, description="lognormal: standard deviation of the logarithm")
    mean: Real | None = Field(default=None, description="normal, with sd")
    sd: Positive | None = None
    low: Real | None = Field(default=None, description="uniform, with high")
    high: Real | None = None

    @model_validator(mode="after")
    def _whole(self) -> Distribution:
        given = set(self.numbers)
        if given not in FAMILIES[self.family]:
            wanted = " or ".join(", ".join(sorted(names)) for names in FAMILIES[self.family])
            raise ValueError(f"a {self.family} distribution is given by {wanted}")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError("'low' must be below 'high'")
        return self

    @property
    def numbers(self) -> dict[str, float]:
        """The parameters that are given, by name."""
        return {name: value for name, value in self if name != "family" and value is not None}


FAMILIES: dict[str, tuple[set[str], ...]] = {
    "gamma": ({"shape", "rate"}, {"shape", "scale"}),
    "beta": ({"a", "b"},),
    "lognormal": ({"median", "sdlog"}, {"meanlog", "sdlog"}),
    "normal": ({"mean", "sd"},),
    "uniform": ({"low", "high"},),
}


class Value(Spec):
    """One number of the source: a ``value``, a ``column`` of given draws, a ``distribution``, or several of these.

    ``of`` says where it stands among the inputs of the reference file.
    """

    value: Real | None = None
    column: str | None = None
    distribution: Distribution | None = None
    unit: str
    label: str
    of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Value:
        if self.value is None and self.column is None and self.distribution is None:
            raise ValueError("a number is given by 'value', 'column' or 'distribution'")
        return self


class Draws(Spec):
    """Many joint samples of the uncertain numbers: given in a CSV file beside the case, or drawn from distributions.

    A given file has the column ``draw`` (1, 2, ...) and one for each number; drawn ones are the same for a ``seed``.
    """

    label: str
    file: str | None = None
    size: Annotated[int, Strict(), Field(ge=1, le=MOST_DRAWS)] | None = None
    seed: Annotated[int, Strict()] = 1

    @model_validator(mode="after")
    def _one_of_two(self) -> Draws:
        if (self.file is None) == (self.size is None):
            raise ValueError("draws are either given ('file') or drawn ('size')")
        return self


class Entries(Spec):
    """Numbers by age, cycle, year or sex: in a CSV file beside the case, or in a row that begins at ``first``."""

    label: str
    by: Names = Field(min_length=1)
    file: str | None = None
    first: int | None = None
    values: tuple[Real, ...] = ()
    of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_of_two(self) -> Entries:
        if (self.file is None) == (not self.values) or (self.first is None) == bool(self.values):
            raise ValueError("a table has either 'file', or 'first' and 'values'")
        return self


class Conventions(Spec):
    """What a cohort changes in the time of its model."""

    time: Time | None = None
    cycle: Text | None = None
    from_rates: FromRates | None = None
    competing: Competing | None = None


class Cohort(Spec):
    """People who start together in one model. ``states`` gives the source's names to sets of cells.

    They start in states (``start``), or as many as ``people`` come to a chance tree of the model (``tree``). ``let``
    says what names of the model stand for in this case; ``draws`` names the draws that the cohort is run with.
    """

    model: str
    label: str = ""
    conventions: Conventions = Conventions()
    start: dict[str, Real] = Field(default={})
    tree: str | None = None
    people: Positive | None = None
    let: dict[str, Choice] = Field(default={})
    draws: str | None = None
    stratum: str | dict[str, Share] | None = None
    states: dict[str, str | Selectors]

    @property
    def shares(self) -> dict[str, float]:
        """The share of the people who start in each stratum that is named."""
        if isinstance(self.stratum, str):
            return {self.stratum: 1.0}
        return self.stratum or {}

    @model_validator(mode="after")
    def _all_of_them(self) -> Cohort:
        if self.stratum is not None and abs((whole := sum(self.shares.values())) - 1) > ROUNDING:
            raise ValueError(f"the shares of 'stratum' must add up to 1; they add up to {whole:g}")
        return self

    @model_validator(mode="after")
    def _one_start(self) -> Cohort:
        if self.tree is not None and self.start:
            raise ValueError("people start either in states ('start') or at a tree ('tree')")
        if self.people is not None and self.tree is None:
            raise ValueError("'people' is how many come to a 'tree'; 'start' says it for each state")
        return self


class Given(Spec):
    """Costs and effects that the source gives for plans, no model behind them."""

    label: str = ""
    plans: list[str] = Field(min_length=1)
    cost: list[Real]
    effect: list[Real]
    of: str = ""

    @model_validator(mode="after")
    def _as_many(self) -> Given:
        if not len(self.plans) == len(self.cost) == len(self.effect) == len(set(self.plans)):
            raise ValueError("every plan stands once, with one cost and one effect")
        return self


class Tolerance(Spec):
    """How far an answer may be from what was published: of the number (``rel``) or as a number (``abs``).

    ``microsim`` is the source's word on how far a simulation of single people may be.
    """

    rel: Annotated[float, Field(gt=0)] | None = None
    abs: Annotated[float, Field(gt=0)] | None = None
    microsim: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Tolerance:
        if (self.rel is None) == (self.abs is None):
            raise ValueError("a tolerance is either 'rel' or 'abs'")
        return self


class Grid(Spec):
    """Evenly spaced points from ``first`` to ``last``, both included."""

    first: Real
    last: Real
    step: Positive

    @property
    def fits(self) -> bool:
        """Say whether the steps lead from the first point to the last, and are not too many."""
        steps = (self.last - self.first) / self.step
        return 0 <= steps <= MOST_WORTHS and abs(steps - round(steps)) <= ROUNDING

    @property
    def points(self) -> list[float]:
        """The points, in rising order."""
        return [self.first + self.step * i for i in range(round((self.last - self.first) / self.step) + 1)]


class Within(Spec):
    """How near people who are followed must come, where the source says it in words (``tolerance = "see notes"``).

    ``errors``: their means lie within so many Monte Carlo standard errors of the cohort's expectation, where it has
    one, and of what was published, whose own error counts too. ``spread``: their standard errors and deviations differ
    from published ones by at most this share. The rounding of a published number (half of its last digit) is always
    allowed for.
    """

    errors: Positive
    spread: Positive


class Ask(Spec):
    """One question. A list of variants, starts, times, states or draws asks for a list of answers, nested so.

    When ``expected`` is a table, the answers for the states (else for the variants) go by name. ``people`` says how
    many people are followed one by one, ``seed`` gives them other luck, and ``carry`` names the histories and modifiers
    of a model in continuous time that they carry with them.
    """

    id: str
    question: str
    description: str = ""
    cohort: str | None = None
    given: str | None = None
    variant: str | list[str] | None = None
    start: str | list[str] | None = Field(default=None, alias="from")
    at: Real | list[Real] | None = None
    of: str | list[str] | None = None
    draw: Whole | list[Whole] | None = None
    over: Literal["mean", "sd"] | None = None
    horizon: Real | Literal["infinite"] | None = None
    reward: str | None = None
    counting: Counting | None = None
    discount: Real | None = None
    compounding: Literal["continuous", "yearly"] | None = None
    cost: str | None = None
    effect: str | None = None
    among: list[str] | None = None
    against: str | None = None
    worth: Real | list[Real] | Grid | None = None
    people: Annotated[int, Strict(), Field(ge=2, le=MOST_PEOPLE)] | None = None
    seed: Annotated[int, Strict(), Field(ge=0)] | None = None
    carry: Names | None = None
    expected: Any = None
    tolerance: Tolerance | Literal["exact", "see notes"] | None = None
    within: Within | None = None
    origin: str = ""
    published_as: Any = None

    @property
    def years(self) -> float:
        """The horizon in years."""
        return math.inf if self.horizon == "infinite" else float(self.horizon or 0)

    @property
    def worths(self) -> list[float]:
        """What a unit of effect is worth, at each point that is asked for."""
        if isinstance(self.worth, Grid):
            return self.worth.points
        return self.worth if isinstance(self.worth, list) else [float(self.worth or 0)]


class Waits(Spec):
    """A published number that no engine answers yet, and what it waits for. It is listed, and never counts as met."""

    id: str
    waits_for: str
    description: str = ""
    expected: Any
    tolerance: Any
    origin: str = ""
    published_as: Any = None


class CaseSpec(Spec):
    """A whole case file."""

    about: About = Field(alias="case")
    source: Source
    draws: dict[str, Draws] = Field(default={})
    value: dict[str, Value] = Field(default={})
    table: dict[str, Entries] = Field(default={})
    given: dict[str, Given] = Field(default={})
    cohort: dict[str, Cohort] = Field(default={})
    ask: list[Ask] = Field(min_length=1)
    waits: list[Waits] = Field(default=[])

    @model_validator(mode="after")
    def _about_something(self) -> CaseSpec:
        if not self.cohort and not self.given:
            raise ValueError("a case has a cohort, or given costs and effects")
        return self

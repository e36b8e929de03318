"""The summary of a run: every number that any output shows, with its JSON schema.

Written by ``bothand.study``, read by the report and by people. Intervals hold 19 in 20 runs (2.5 % to 97.5 %).

Long because it is one schema, with one small noun for each part, and its readers look for all of it in one place.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["harm_reduction", "bridge", "treatment", "recovery", "family", "prevention", "community"]
Verdict = Literal["gains", "gains_least", "loses", "cannot_tell"]
Reference = Literal["no_new_money", "as_others_do"]


class Part(BaseModel):
    """A frozen piece of the summary; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Interval(Part):
    """Mean and the range of 19 in 20 runs."""

    mean: float
    low: float
    high: float


class StudyPart(Part):
    """What was asked."""

    key: str
    label: str
    place: str = Field(description="public name, for example 'Washtenaw County, Michigan'")
    model: str
    day_one: str = Field(description="ISO date")
    last_day: str
    draws: int
    seed: int
    version: str
    run: str = Field(description="short hash of inputs, seed and code version: the same inputs give the same hash")
    data_as_of: str
    notice: str = Field(
        default="", description="printed at the top and across the sheet of an example or unreviewed run"
    )


class Money(Part):
    """What the council can spend."""

    per_year: float = Field(description="US dollars a year of the first round")
    years: list[int] = Field(description="years in which the first round pays")
    first_round: float
    rule: str = Field(description="one or two sentences: source of the money, dates, what share must be remediation")
    all_years: Interval = Field(description="unspent receipts plus payments to the last payment year, US dollars")
    price_year: int
    people_with_addiction: Interval
    per_person_with_addiction: float = Field(description="first-round dollars a year per person with addiction")
    periods: list[str] = Field(description="spending periods of 'all years', for example '2026-2028'")


class Payer(Part):
    """Who pays one unit of a service."""

    payer: str
    usd_per_unit: Interval


class Law(Part):
    """What the law says of a service."""

    word: Literal["required", "allowed", "allowed with conditions", "contested", "not allowed"]
    level: str = Field(description="'state and federal', 'town rules differ', ...")
    dated: str
    source: str
    ends: str = Field(default="", description="ISO date on which a rule in force ends; empty when none has an end")
    not_paid_by: str = Field(default="", description="who may not pay for it, in words; empty when no rule says so")


class Service(Part):
    """One service as the study uses it."""

    key: str
    label: str
    short: str = Field(description="at most two short words a line, for column heads")
    kind: Kind
    unit: str
    unit_cost: Interval
    payers: list[Payer]
    start_up: Interval
    lag_months: Interval
    ceiling: Interval = Field(
        description="most units that find people in the first round's last year; all zero when no limit was found"
    )
    smallest_size: str
    terms: dict[str, str] = Field(description="term -> choice, the default way it is run")
    coercion: int = Field(description="grade, 0 an offer to 4 confinement")
    coercion_note: str = ""
    law: Law
    exhibit_e: str
    evidence: str = Field(description="how sure: one sentence")
    disputes: list[str]
    supplants: bool = Field(default=False, description="true when the money may pay for what was paid for before")
    supplants_note: str = ""
    federal_grants: str = Field(default="", description="what federal grants may and may not pay")
    outside_model: list[str] = Field(default=[], description="what it does that the model does not hold")
    pathway: list[str] = Field(default=[], description="moves of people that it changes, in words")
    works_by: list[WorksBy] = Field(default=[], description="the ratios by which it changes them")
    alone: list[Alone] = Field(default=[], description="what all of the first round's money on it alone would do")
    run_on: list[TermPart] = Field(default=[], description="the terms it is run on, with readings and effects")
    other_payers: list[str] = Field(default=[], description="who else can pay, or may not any more, and to when")


class WorksBy(Part):
    """One ratio by which a service works in the model."""

    key: str
    description: str
    mean: float
    low: float
    high: float
    unit: str
    reference_population: str = Field(description="whom it was measured against")
    grade: str
    source: str


class Alone(Part):
    """What the first round's yearly money would do if all of it went to one service, in the draws of the curves."""

    label: str
    unit: str
    amount: Interval


class TermPart(Part):
    """One term on which a service is run, with both readings, and what is known of its effect."""

    term: str
    label: str
    choice: str
    hr: str = Field(description="the harm reduction reading")
    r: str = Field(description="the recovery reading")
    cost: str = Field(description="in words, or 'not known'")
    effect: str = Field(description="in words, or 'effect not known'")
    coercion: int = Field(description="grade, 0 an offer to 4 confinement")
    otherwise: dict[str, str] = Field({}, description="other choice -> what it would change, where that is known")


class TermsLine(Part):
    """One term that a plan sets otherwise, on one service."""

    service: str
    term: str
    was: str
    now: str
    hr: str
    r: str
    effect: str
    leaves_out: str = Field(default="", description="what the numbers do not hold")
    one_sided: bool = Field(default=False, description="true when what some people lose is not in the numbers")
    coercion: int = Field(description="grade of the line: the highest of the service and of all its terms")
    disputes: list[str] = Field(default=[], description="what is disputed about the term, both positions")


class TermsGain(Part):
    """What a plan's own terms alone change for a group, against the same dollars without them."""

    group: str = Field(description="a group's key, or 'all'")
    indicator: str
    change: Interval
    verdict: Verdict


class TermsAlone(Part):
    """What a plan's own terms do, the dollars held: the first round's money, over a lifetime."""

    plan: str
    against: str = Field(description="the plan it is like, or 'each service as its file has it'")
    lines: list[TermsLine]
    gains: list[TermsGain] = Field(description="empty when no term has an effect in this model")
    text: str = Field(description="what the change of terms alone did, to whom, in a sentence")


class KnownService(Part):
    """A service that ships and is not part of this study."""

    key: str
    label: str
    kind: Kind
    why: str = Field(description="why it is not in this study")


class Reach(Part):
    """How many more people one plan reaches, on any day of the first round's last year."""

    key: Literal["on_medication", "in_contact", "with_peer", "housed", "kits"]
    label: str
    amount: Interval


class PlanPart(Part):
    """One plan and where its money goes."""

    key: str
    label: str
    note: str = Field(description="what tradition would sign it, one sentence")
    reviewed: str = Field(description="source, or 'drafted, not reviewed'")
    searched: bool = Field(description="true for a plan found by search")
    dollars: dict[str, float] = Field(description="service -> first-round dollars a year; 'outside the model' too")
    kinds: dict[str, float] = Field(description="kind -> share of the money")
    unspent: Interval = Field(description="dollars a year beyond demand or below the smallest size, returned")
    reach: list[Reach]


class PlanLine(Part):
    """One line of a plan's money: what it buys, what the settlement's list calls it, and what the law says of it."""

    plan: str
    service: str = Field(description="a service's key; empty for money outside the model")
    label: str
    codes: str = Field(default="", description="codes of Exhibit E, parted by semicolons")
    headings: str = Field(default="", description="the headings of these codes, in the same order")
    usd: float = Field(description="first-round dollars a year")
    unit: str = ""
    units: Interval | None = Field(default=None, description="units a year in the first round's last year")
    settlement_share: Interval | None = Field(default=None, description="share of a unit that settlement money pays")
    other_payer: str = Field(default="", description="who pays the rest")
    law: str = Field(description="required, allowed, allowed with conditions, contested, not allowed; or no rule read")
    rule: str = ""
    dated: str = ""
    law_source: str = ""
    not_paid_by: str = ""
    source: str = Field(default="", description="where the line's money was read, or who drafted it")
    note: str = ""


class Group(Part):
    """People as they are on day one."""

    key: str
    label: str
    short: str
    people: Interval
    first_year_deaths: Interval


class Value(Part):
    """One of the eleven values."""

    key: str
    label: str
    plain: str
    family: Literal["how_we_treat_people", "what_people_gain", "what_we_hope_for", "who_else_matters"]
    kind: Literal["simulated", "rated", "profile"]
    indicator: str
    unit: str
    without_addiction: str = Field(
        description="what it says to people without addiction, or 'does not speak to this group'"
    )
    order: int


class Mark(Part):
    """One cell of the picture."""

    value: str
    group: Literal["without", "with"]
    service: str
    sign: Literal["serves", "pulls_against"]
    status: Literal["measured", "claimed", "assumed"]
    source: str


class Outcome(Part):
    """One number: what a plan did for a group by a horizon, against no new money."""

    plan: str
    group: str = Field(description="a group's key, or 'all'")
    horizon: str = Field(description="whole years of the study, such as '10', or 'lifetime'")
    money: Literal["three_years", "all_years"]
    indicator: str
    reference: Literal["no_new_money"]
    mean: float
    low: float
    high: float
    share_above_zero: float = Field(description="share of runs above zero")


class Indicator(Part):
    """What an outcome's indicator is."""

    key: str
    label: str
    unit: str
    better: Literal["more", "less", "neither"]


class GroupVerdict(Part):
    """Gains, gains least, loses or cannot tell."""

    plan: str
    group: str
    reference: Reference
    indicator: str
    verdict: Verdict
    per_1000: Interval
    share_not_worse: float = Field(
        description="share of runs in which the group is not worse off by more than the margin"
    )


class JointVerdict(Part):
    """Share of runs in which no group at all is worse off."""

    plan: str
    reference: Reference
    indicator: str
    share_no_group_worse: float


class Pair(Part):
    """Two values, or two groups, and what both cost together."""

    kind: Literal["values", "groups"]
    a: str
    b: str
    price: float = Field(description="multiple of today's budget at which both get what each gets alone")
    dollars: float = Field(description="the same in US dollars a year")
    error: float = Field(description="error of the price from the piecewise slopes")
    spill_ab: float = Field(description="what a's favourite plan does for b, 1 = b's own best")
    spill_ba: float
    collision: float = Field(description="what is left undone when both favourites are paid in full, 0 to 1")
    collision_without_medication: float | None = Field(
        default=None,
        description="the same, recovery counted without medication; None when the pair does not depend on it",
    )
    tension: float | None = Field(
        default=None,
        description="1 less the largest share of its own best that one plan gives both at today's budget: up to a half "
        "the two may only compete for money; more than that asks for a look at the definitions",
    )
    lane: Literal["go_together", "compete", "in_each_others_way"]
    remedy: str = Field(description="what stands between them and what would let both stand; empty when nothing does")


class AllAtOnce(Part):
    """The price of all values, or all groups, at once."""

    kind: Literal["values", "groups"]
    price: float
    dollars: float


class LeftOut(Part):
    """A value that is not on the map, and why."""

    value: str
    why: str


class CurvePoint(Part):
    """Life-years forgone against the floor of the least served value."""

    floor: float
    healthy_life_years: float
    deaths_averted: float


class BothAnd(Part):
    """The plan found by search: most healthy life-years among plans that give every value at least 0.9 of beta.

    Beta is the largest share of its own best that one plan gives every value at once: the first level of leximin.
    """

    plan: str
    beta: float = Field(description="share of its own best that the least served value can be given at most")
    z: dict[str, float] = Field(description="value -> share of its own best that the plan reaches")
    leximin: dict[str, float] = Field(
        {}, description="value -> share of its own best where the least served come first, then the next, and so on"
    )
    curve: list[CurvePoint]
    floors_met: list[str]
    floors_not_met: list[str]
    service_range: dict[str, Interval] = Field(
        description="service -> dollars a year over near-optimal plans; mean = the plan"
    )
    surrogate_error: float


class Loser(Part):
    """A group that loses under a plan, and how."""

    plan: str
    group: str
    reference: Reference
    indicator: str
    amount: Interval = Field(description="per 1,000 people of the group")
    mechanism: str
    repair: str = Field(description="the cheapest change that removes the loss, or 'no repair found'")


class Rank(Part):
    """One plan's healthy life-years and place under one assumption."""

    plan: str
    healthy_life_years: float
    rank: int | None = Field(description="None where neighbours cannot be told apart")


class Deciding(Part):
    """One input that decides the ranking."""

    key: str
    label: str
    used: float
    tried: float
    unit: str
    short: str
    ranks: list[Rank]


class Chance(Part):
    """What chance alone does to the county's death counts."""

    deaths_ten_years: float
    sd_ten_years: float = Field(description="sqrt(2 x deaths): two identical counties differ by this much")
    years_needed: dict[str, float] = Field(description="plan -> years of counts to see its effect with 80 % power")


class GradeCount(Part):
    """How many quantities in use carry each grade."""

    grade: Literal["primary", "secondary", "judgement", "unverified"]
    inputs: int
    drivers: int = Field(description="among the inputs that move the ranking most")


class EvidenceRow(Part):
    """One quantity as used."""

    key: str
    description: str
    unit: str
    mean: float
    low: float
    high: float
    grade: Literal["primary", "secondary", "judgement", "unverified"]
    interval_origin: str
    source: str
    locator: str
    swing: float | None = Field(description="healthy life-years between its ends, both/and plan against no new money")


class FitYear(Part):
    """One year of the fit."""

    place: str
    year: int
    observed: float | None
    test: Interval | None = Field(description="fit to the test years carried forward, with chance")
    decision: Interval | None = Field(description="fit to the last datum, with chance")
    outside: bool = Field(description="observed lies outside the decision (or, in the test years, the test) range")


class Fit(Part):
    """How the model was fitted and how wrong it was."""

    years: list[FitYear]
    free_parameters: int
    counts: int
    wrong_by: str = Field(description="a sentence: we were wrong by ...")
    note: str
    test_years: tuple[int, int] | None = Field(
        default=None, description="first and last year of the counts that the test fit was made to"
    )


class Check(Part):
    """Something the model was not given."""

    key: str
    label: str
    model: Interval
    published_low: float | None
    published_high: float | None
    published: str
    agrees: bool


class Request(Part):
    """Requests for one kind of help."""

    plan: str
    kind: str
    label: str
    met_within_30_days: Interval = Field(description="share of the status-quo requests")
    waiting: Interval = Field(description="people waiting on an average day")
    full: Interval = Field(description="share of places in use")


class Bill(Part):
    """What one payer pays from day one to the last day, against no new money."""

    plan: str
    payer: str
    usd: Interval
    downstream: bool


class Worth(Part):
    """Healthy life-years over a lifetime for each million dollars, and for each 1,000 people with addiction."""

    plan: str
    per_million_settlement: Interval
    per_million_all: Interval = Field(description="all payers of the services bought, and the treatment that follows")
    per_1000_with_addiction: Interval


class Ledger(Part):
    """One of the ledgers beside the person's own. Its lines are never added up."""

    key: Literal["infections", "family", "community"]
    label: str
    note: str


class LedgerLine(Part):
    """One line of a ledger: what every plan changes against no new money, from day one to the last day."""

    ledger: Literal["infections", "family", "community"]
    key: str
    label: str
    who: str = Field(description="who it is about; in the community's ledger, who pays")
    unit: str
    better: Literal["more", "less", "neither"]
    lives: Literal["held", "as_they_go", "living_longer"] = Field(
        description="held: lives as long as with no new money; as_they_go: as they happen; living_longer: what follows "
        "from lives that the plan lengthens, held against no plan"
    )
    grade: Literal["primary", "secondary", "judgement", "unverified"] | None = Field(
        description="the weakest of its rows; None without a row"
    )
    rows: list[str] = Field(description="keys of the evidence that it rests on, beside how people move in the model")
    disputed: str = Field(
        default="", description="what is contested, with both signs; empty when nothing is known to be"
    )
    caution: str = ""
    no_data: str = Field(default="", description="why it has no number; empty when it has one")
    amounts: dict[str, Interval] = Field(description="plan -> amount; empty where there is no data")
    by_group: dict[str, dict[str, Interval]] = Field(default={}, description="plan -> group -> amount")


class InventoryItem(Part):
    """One kind of effect that a perspective may look at."""

    sector: str
    label: str
    health_sector: Literal["in", "not part", "no data"]
    societal: Literal["in", "not part", "no data"]
    note: str


class PerspectiveCost(Part):
    """The money of one plan as one perspective adds it up; never added to life-years or QALYs."""

    plan: str
    perspective: Literal["health_sector", "societal"]
    usd: Interval = Field(description="lives as long as with no new money; not discounted")


class ValueReading(Part):
    """How one value is read: what one service does for it, and whether it is a vote for one."""

    value: str = Field(description="key of a value, or 'hope, without medication'")
    carrier: str = Field(
        default="", description="service that gives its best plan most of the gain; empty without room"
    )
    share: float = Field(default=0, description="the carrier's share of that gain: Shapley share on the curves, 0 to 1")
    vote: bool = Field(
        default=False, description="true when the share is above 0.95: here the value is a vote for the service"
    )
    alone: dict[str, float] = Field(
        default={},
        description="service -> what all the money on it gives, as a share of the value's own best; below 0: takes",
    )


class Likeness(Part):
    """Which values the simulation cannot tell apart."""

    clusters: list[list[str]] = Field(description="values that move together, |r| above 0.95 over random plans")
    directions: float = Field(
        description="number of independent directions: (sum of eigenvalues)^2 / sum of their squares, of the table of "
        "correlations; 1 = all the same"
    )
    values: int
    plans: int = Field(description="random plans at today's budget, on the curves")


class Rating(Part):
    """What the raters of a local panel said of a service and a value; never a mean, never added up."""

    service: str
    value: str
    role: Literal["everyone", "uses", "staff", "other"]
    counts: list[int] = Field(description="how many gave each point, 1 to 5")
    low: float = Field(description="low to high: the middle half of the ratings")
    middle: float
    high: float


class Sentence(Part):
    """A finding: a sentence and the numbers it rests on."""

    key: str
    text: str
    numbers: dict[str, float]


class PictureSentences(Part):
    """The three sentences under the picture."""

    serves_most: str
    only_one: str
    hardest_pull: str


class NotInModel(Part):
    """Something that matters and is not simulated."""

    what: str
    why: str


class AuditReading(Part):
    """How one tradition reads a rule."""

    reading: str
    rejects: str = Field(description="what it would refuse in the other's reading")


class AuditRule(Part):
    """One rule of the audits: a principle, or a check that follows from several."""

    key: str
    number: str = Field(description="'P4'; empty for a check")
    label: str
    principle: str
    sources: list[str]
    honesty: str = Field(description="the device that keeps it honest to both sides")
    hr: AuditReading
    r: AuditReading
    reviewed: str = Field(description="what reviewers of both traditions said, or 'not yet reviewed'")


class AuditAnswer(Part):
    """One reading's verdict on one plan, and why in one sentence."""

    verdict: Literal["passes", "fails", "cannot tell", "not computed"]
    why: str


class Audit(Part):
    """One rule on one plan, by both readings: a word, never a number, and never a total."""

    plan: str
    rule: str
    hr: AuditAnswer
    r: AuditAnswer
    word: Literal["both", "one (harm reduction)", "one (recovery)", "neither", "cannot tell", "not computed"]
    more: list[str] = Field(default=[], description="what stands behind both answers")


class Audits(Part):
    """The principles as audits of every plan that spends money."""

    rules: list[AuditRule] = []
    audits: list[Audit] = []


class Summary(Part):
    """Everything that any output of one run shows."""

    schema_name: Literal["bothand-summary/1"] = "bothand-summary/1"
    study: StudyPart
    money: Money
    services: list[Service]
    also_known: list[KnownService] = Field(default=[], description="services that ship and are not in this study")
    plans: list[PlanPart]
    groups: list[Group]
    values: list[Value]
    marks: list[Mark]
    picture: PictureSentences
    indicators: list[Indicator]
    outcomes: list[Outcome]
    verdicts: list[GroupVerdict]
    joint: list[JointVerdict]
    pairs: list[Pair]
    all_at_once: list[AllAtOnce]
    left_out: list[LeftOut]
    both_and: BothAnd
    losers: list[Loser]
    case_against: list[str]
    deciding: list[Deciding]
    best_guess: list[Rank]
    chance: Chance
    grades: list[GradeCount]
    judgements: list[EvidenceRow] = Field(description="the judgement rows in use, largest swing first")
    unverified: list[EvidenceRow]
    linear_reach: Sentence = Field(description="does the finding depend on diminishing returns?")
    fit: Fit
    checks: list[Check]
    requests: list[Request]
    bills: list[Bill]
    worth: list[Worth] = Field(default=[])
    readings: list[ValueReading] = []
    likeness: Likeness | None = None
    ratings: list[Rating] = Field(default=[], description="empty unless a panel's table was given")
    ledgers: list[Ledger] = []
    ledger_lines: list[LedgerLine] = []
    inventory: list[InventoryItem] = []
    inventory_source: str = ""
    perspectives: list[PerspectiveCost] = []
    terms_alone: list[TermsAlone] = Field(default=[], description="what a plan's own terms do, the dollars held")
    findings: list[Sentence]
    assumed: list[str] = Field(description="assumptions printed as such: effects that multiply, place shares, readings")
    not_in_model: list[NotInModel]
    lines: list[PlanLine] = Field(default=[], description="every line of every plan's money, with what the law says")
    audits: Audits = Audits()

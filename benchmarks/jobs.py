"""The models and numbers that are run. They have the shape of a county model and say nothing about the world.

The reference job: 14 states, of which four kinds of treatment have five phases each and two times of higher risk have
four, so 36 compartments; two sexes by six ages; ten years whose rates differ; 27 rates that are drawn. The people job:
five living states and a few phases, what one would write as a first model of single people.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bothand.engine.arrays import Floats, Schedule, Start
from bothand.engine.compile import CompiledModel, compile_model
from bothand.engine.rates import Environment, schedule
from bothand.world.model import ModelSpec, load_model

FIRST_YEAR = 2026
AGES = (15, 25, 35, 45, 55, 65, 100)
BANDS = len(AGES) - 1
PHASES = ("methadone", "buprenorphine", "naltrexone", "residential")
AFTER = ("after_treatment", "after_release")
DRAWN_SD = 0.2

RATES = {
    "start_addiction": 0.05, "start_injecting": 0.2, "stop_injecting": 0.3, "ask_methadone": 0.35,
    "ask_buprenorphine": 0.45, "ask_naltrexone": 0.05, "ask_residential": 0.25, "leave_methadone": 0.5,
    "leave_buprenorphine": 0.8, "leave_naltrexone": 1.2, "leave_residential": 3.0, "early_exit": 2.5,
    "use_again_in_treatment": 0.3, "remission_in_treatment": 0.15, "remission_untreated": 0.06,
    "use_again_after": 1.5, "use_again_remission": 0.3, "use_again_recovery": 0.05, "to_recovery": 0.25,
    "jail_rate": 0.12, "release_rate": 3.0, "overdose_rate": 0.12, "fatal": 0.09, "overdose_in_treatment": 0.3,
    "overdose_injecting": 1.8, "overdose_early": 3.0, "excess_deaths": 2.5,
}  # fmt: skip
DELIVERY = {
    "fill_exponent": 6.0, "kit_reach": 0.4, "kit_shelf_life": 2.0, "most_at_hand": 0.9, "draw_down": 0.7,
    "seen": 0.6, "naloxone_effect": 0.5,
}  # fmt: skip
GATED = ("methadone", "buprenorphine", "residential")

HEAD = """
[model]
name = "reference-job"
label = "The reference job of the benchmarks"
description = "36 compartments by twelve strata, for timing; its numbers say nothing about the world."
time = "continuous"
strata = {{ sex = ["female", "male"], age = {ages} }}
[dead]
overdose = "died of overdose"
other = "died of another cause"
[dimension.place]
label = "place"
levels = [{levels}]
sets = {{ treated = {treated}, after = {after} }}
[[cells]]
place = "*"
[series.toxicity]
label = "toxicity of the supply"
by = "year"
unit = "ratio"
[table.background]
label = "death from other causes, general population"
by = ["sex", "age"]
unit = "hazard"
"""


def _rule(name: str, sources: str, to: str, rate: str, more: str = "") -> str:
    there = f'"{to}"' if to.startswith("dead.") else f'{{ place = "{to}" }}'
    head = f'[[rule]]\nname = "{name}"\nlabel = "{name}"\n'
    return f"{head}in = {{ place = {sources} }}\nto = {there}\nrate = {rate}\n{more}"


def _phases(name: str, steps: int) -> str:
    means = ("2 weeks", "4 weeks", "8 weeks", "16 weeks")
    listed = [
        f'{{ name = "p{i}", label = "phase {i}"' + (f', mean = "{means[i - 1]}" }}' if i < steps else " }")
        for i in range(1, steps + 1)
    ]
    return f'[phases.{name}]\nin = {{ place = "{name}" }}\nsteps = [{", ".join(listed)}]\n'


def reference_text(delivery: bool) -> str:
    """Return the reference model; with ``delivery`` it has three queues and kits of naloxone."""
    places = ("occasional", "uses", "injects", "jail", "remission", "recovery", *PHASES, *AFTER)
    levels = ", ".join(f'{{ name = "{p}", label = "{p}" }}' for p in places)
    parts = [HEAD.format(levels=levels, ages=list(AGES), treated=json.dumps(PHASES), after=json.dumps(AFTER))]
    parts += [_phases(name, 5) for name in PHASES] + [_phases(name, 4) for name in AFTER]
    asks = '["uses", "injects", "after"]'
    parts.append(_rule("starts addiction", '"occasional"', "uses", '"start_addiction"'))
    parts.append(_rule("starts injecting", '"uses"', "injects", '"start_injecting"'))
    parts.append(_rule("stops injecting", '"injects"', "uses", '"stop_injecting"'))
    for name in PHASES:
        gate = f'gate = "{name}"\n' if delivery and name in GATED else ""
        parts.append(_rule(f"asks for {name}", asks, name, f'"ask_{name}"', gate))
        by_phase = f'{{ by = "phase", p1 = "leave_{name} * early_exit", "*" = "leave_{name}" }}'
        parts.append(_rule(f"leaves {name}", f'"{name}"', "after_treatment", by_phase))
    parts.append(_rule("uses again in treatment", '"treated"', "uses", '"use_again_in_treatment"'))
    parts.append(_rule("remission in treatment", '"treated"', "remission", '"remission_in_treatment"'))
    parts.append(_rule("remission untreated", asks, "remission", '"remission_untreated"'))
    parts.append(_rule("uses again after", '"after"', "uses", '"use_again_after"'))
    parts.append(_rule("uses again in remission", '"remission"', "uses", '"use_again_remission"'))
    parts.append(_rule("uses again in recovery", '"recovery"', "uses", '"use_again_recovery"'))
    parts.append(_rule("to recovery", '"remission"', "recovery", '"to_recovery"'))
    jailed = '["occasional", "uses", "injects", "treated", "after_treatment"]'
    parts.append(_rule("jail", jailed, "jail", '"jail_rate"'))
    parts.append(_rule("release", '"jail"', "after_release", '"release_rate"'))
    parts.append(
        _rule(
            "death from other causes", '"*"', "dead.other", '"background[sex, age] * excess_deaths"', "death = true\n"
        )
    )
    saved = " * (1 - seen * at_hand * naloxone_effect)" if delivery else ""
    parts.append(
        '[[event]]\nname = "overdose"\nlabel = "overdoses"\n'
        'in = { place = ["occasional", "uses", "injects", "treated", "after"] }\n'
        'rate = "overdose_rate * risk * toxicity[year]"\n'
        'let.risk = { by = "place", treated = "overdose_in_treatment", injects = "overdose_injecting", '
        'after_release = { by = "phase", p1 = "overdose_early", "*" = "1" }, "*" = "1" }\n'
        '[[event.branch]]\nname = "fatal"\nlabel = "dies of overdose"\nto = "dead.overdose"\n'
        f'probability = "fatal{saved}"\ndeath = true\n'
        '[[event.branch]]\nname = "survived"\nlabel = "survives"\n'
    )
    if delivery:
        for name in GATED:
            parts.append(
                f'[lever.places_{name}]\nlabel = "places {name}"\nkind = "places"\nunit = "people"\nstatus_quo = 0\n'
                f'[capacity.{name}]\nlabel = "places {name}"\nholds = {{ place = "{name}" }}\n'
                f'places = "places_{name}"\nfill = "fill_exponent"\n'
            )
        parts.append(
            '[lever.kits]\nlabel = "kits"\nkind = "kits"\nunit = "kits per year"\nstatus_quo = 0\n'
            '[stock.naloxone]\nlabel = "kits of naloxone"\nkits = "kits * kit_reach"\nshelf_life = "kit_shelf_life"\n'
            'most = "most_at_hand"\ndraw_down = "draw_down"\nuse_per_event = "seen"\nevent = "overdose"\n'
            'among = { place = ["uses", "injects", "after"] }\n'
        )
    return "\n".join(parts)


def written(text: str) -> ModelSpec:
    """Read a model that is given as text."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.toml"
        path.write_text(text, encoding="utf-8")
        return load_model(path)


@cache
def reference_model(delivery: bool = False) -> CompiledModel:
    return compile_model(written(reference_text(delivery)))


def draws_of(numbers: dict[str, float], draws: int, seed: int = 1) -> dict[str, Floats]:
    """Draw every number from a lognormal distribution around it."""
    rng = np.random.default_rng(seed)
    return {name: value * np.exp(DRAWN_SD * rng.standard_normal(draws)) for name, value in numbers.items()}


def toxicity(years: int) -> Floats:
    return 1 + 0.3 * np.sin(np.arange(years))


def background() -> Floats:
    """Return death from other causes by stratum (S,), sex outermost."""
    by_age = 0.0008 * 2.0 ** np.arange(BANDS)
    return np.concatenate([by_age, 1.4 * by_age])


def reference_environment(draws: int, years: int = 10, delivery: bool = False) -> Environment:
    """Return the numbers of the reference job; every draw has its own rates, every year its own toxicity."""
    numbers = draws_of(RATES, draws)
    levers: dict[str, Floats] = {}
    if delivery:
        numbers |= {name: np.full(draws, value) for name, value in DELIVERY.items()}
        levers = {f"places_{name}": np.array(500.0 + 100 * i) for i, name in enumerate(GATED)} | {
            "kits": np.array(3000.0)
        }
    return Environment(
        quantities=numbers,
        levers=levers,
        series={"toxicity": toxicity(years)[:, None]},
        tables={"background": background()},
        years=tuple(range(FIRST_YEAR, FIRST_YEAR + years)),
    )


def reference_schedule(draws: int, years: int = 10, delivery: bool = False) -> Schedule:
    """Build every rate of every year and draw: the first part of the job."""
    return schedule(reference_model(delivery), reference_environment(draws, years, delivery))


def reference_start(model: CompiledModel, draws: int, origins: int = 1, kits: float = 0.0) -> Start:
    """Return people on day one, shared out over origins; nobody has died."""
    chain = model.chain
    people = np.zeros((draws, origins, len(chain.strata), chain.n_all))
    share = np.linspace(2, 1, chain.n_living)
    people[..., : chain.n_living] = 5000 * share / share.sum() / len(chain.strata) / origins
    return Start(people, np.full(draws, kits))


# ------------------------------------------------------------------------------------- people
PEOPLE_TEXT = """
[model]
name = "people-job"
label = "A first model of single people"
description = "Use, two medications, remission, two ways to die; for timing, its numbers say nothing about the world."
time = "continuous"
[dead]
overdose = "died of overdose"
other = "died of another cause"
[dimension.place]
label = "place"
levels = [
  { name = "uses", label = "uses" },
  { name = "injects", label = "injects" },
  { name = "methadone", label = "methadone" },
  { name = "buprenorphine", label = "buprenorphine" },
  { name = "remission", label = "remission" },
]
sets = { treated = ["methadone", "buprenorphine"], using = ["uses", "injects"] }
[[cells]]
place = "*"
[phases.methadone]
in = { place = "methadone" }
steps = [{ name = "early", label = "first four weeks", mean = "4 weeks" }, { name = "later", label = "later" }]
[phases.buprenorphine]
in = { place = "buprenorphine" }
steps = [{ name = "early", label = "first four weeks", mean = "4 weeks" }, { name = "later", label = "later" }]
[let]
out = { by = "phase", early = "early_exit", "*" = "1" }
"""
PEOPLE = {
    "start_injecting": 0.15, "stop_injecting": 0.2, "ask_methadone": 0.2, "ask_buprenorphine": 0.3,
    "leave_methadone": 0.4, "leave_buprenorphine": 0.7, "early_exit": 2.0, "remission_untreated": 0.05,
    "remission_treated": 0.12, "use_again": 0.2, "overdose_rate": 0.08, "in_treatment": 0.25, "injecting": 1.8,
    "fatal": 0.1, "other_death": 0.012,
}  # fmt: skip
PEOPLE_RULES = (
    ("starts injecting", '"uses"', "injects", '"start_injecting"'),
    ("stops injecting", '"injects"', "uses", '"stop_injecting"'),
    ("starts methadone", '"using"', "methadone", '"ask_methadone"'),
    ("starts buprenorphine", '"using"', "buprenorphine", '"ask_buprenorphine"'),
    ("leaves methadone", '"methadone"', "uses", '"leave_methadone * out"'),
    ("leaves buprenorphine", '"buprenorphine"', "uses", '"leave_buprenorphine * out"'),
    ("remission untreated", '"using"', "remission", '"remission_untreated"'),
    ("remission treated", '"treated"', "remission", '"remission_treated"'),
    ("uses again", '"remission"', "uses", '"use_again"'),
    ("death from other causes", '"*"', "dead.other", '"other_death"'),
)
PEOPLE_EVENT = """
[[event]]
name = "overdose"
label = "overdoses"
in = { place = ["using", "treated"] }
rate = "overdose_rate * risk"
let.risk = { by = "place", injects = "injecting", treated = "in_treatment", "*" = "1" }
[[event.branch]]
name = "fatal"
label = "dies of overdose"
to = "dead.overdose"
probability = "fatal"
death = true
[[event.branch]]
name = "survived"
label = "survives"
"""


@cache
def people_model() -> CompiledModel:
    rules = [_rule(*rule, "death = true\n" if rule[2].startswith("dead.") else "") for rule in PEOPLE_RULES]
    return compile_model(written("\n".join([PEOPLE_TEXT, *rules, PEOPLE_EVENT])))


def people_schedule(years: int, changes: dict[str, float] | None = None) -> Schedule:
    """Return the rates of the people job; ``changes`` multiplies some of its numbers."""
    numbers = {name: np.array([value * (changes or {}).get(name, 1.0)]) for name, value in PEOPLE.items()}
    span = tuple(range(FIRST_YEAR, FIRST_YEAR + years))
    return schedule(people_model(), Environment(numbers, {}, {}, {}, span))


def people_start(people: float) -> Start:
    """Return everyone using on day one: two in three not injecting."""
    chain = people_model().chain
    there = np.zeros((1, 1, len(chain.strata), chain.n_all))
    names = [cell["place"] for cell in people_model().cells]
    there[0, 0, 0, names.index("uses")] = people * 2 / 3
    there[0, 0, 0, names.index("injects")] = people / 3
    return Start(there, np.zeros(1))


SIX_SERVICES = {
    "ask_methadone": 1.3, "ask_buprenorphine": 1.3, "leave_methadone": 0.7, "leave_buprenorphine": 0.7,
    "use_again": 0.7, "fatal": 0.7,
}  # fmt: skip
"""Six services at once, each changing one rate by 30 %."""

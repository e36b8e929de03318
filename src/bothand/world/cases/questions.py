"""What each question to a case needs, what it may have, and what is wrong with one that has something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bothand.faults import Fault, nearest
from bothand.files import Document, Path_
from bothand.world.cases.nouns import MOST_WORTHS, Ask, CaseSpec, Grid, Time
from bothand.world.model import ModelSpec

INCREMENTS = ("icer", "incremental cost", "incremental effect")
FRONTIER = ("frontier", "status", *INCREMENTS)
UNDER_DOUBT = ("acceptability", "perfect information", "best")
PEOPLE = "people"


@dataclass(frozen=True)
class Question:
    """What a question needs, what it may have, and in which kind of time it has an answer.

    ``given``: whether it may be asked of given costs and effects, which then stand for cost, effect and horizon.
    """

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    times: tuple[Time, ...] = ("continuous", "discrete")
    given: bool = False


MODELLED = ("cost", "effect", "horizon")
HOW = ("counting", "discount", "compounding")  # who is counted in a cycle, and what a later year is worth
QUESTIONS: Mapping[str, Question] = {
    "occupancy": Question(("of", "at"), ("from",)),
    "counted": Question(("of", "horizon", "counting"), ("from",), ("discrete",)),
    "total": Question(("reward", "horizon"), HOW),
    "time": Question(("of", "horizon"), ("from", "discount", "compounding"), ("continuous",)),
    "sojourn": Question(("of",), (), ("continuous",)),
    "next state": Question(("from", "of"), (), ("continuous",)),
    "ever": Question(("of", "at"), ("from",)),
    "entries": Question(("of", "horizon"), ("from",)),
    "first passage": Question(("from", "of"), (), ("continuous",)),
    "variance": Question(("of", "at"), (), ("continuous",)),
    "frontier": Question(MODELLED, ("among", *HOW), given=True),
    "status": Question(MODELLED, ("among", *HOW), given=True),
    **{name: Question((*MODELLED, "variant"), ("among", *HOW), given=True) for name in INCREMENTS},
    "ratio": Question((*MODELLED, "variant", "against"), HOW),
    **{name: Question((*MODELLED, "worth"), ("among", *HOW)) for name in UNDER_DOUBT},
    PEOPLE: Question(
        ("people", "horizon"),
        ("reward", "cost", "effect", "among", "seed", "carry", "over", "within", *HOW),
    ),
}
ALWAYS = (
    "id", "question", "cohort", "given", "variant", "description", "expected", "tolerance", "origin", "published_as",
)  # fmt: skip


@dataclass(frozen=True)
class Examiner:
    """Notes the faults of one case's questions."""

    spec: CaseSpec
    models: Mapping[str, ModelSpec]
    document: Document
    faults: list[Fault]

    def known(self, what: str, names: Iterable[str], allowed: Iterable[str], where: Path_) -> bool:
        """Say whether all names are among what is allowed, and note those that are not."""
        known, good = list(allowed), True
        for name in names:
            if name not in known:
                message = f"there is no {what} '{name}'; there are: {', '.join(known) or 'none'}."
                self.add(message, where, nearest(name, known))
                good = False
        return good

    def add(self, message: str, where: Path_, near: str | None = None) -> None:
        """Note a fault of the case file."""
        self.faults.append(self.document.fault(message, where, near))

    def ask(self, ask: Ask, where: Path_) -> None:
        """Note what a question lacks, what it cannot have, and names that nothing has."""
        if not self.known("question", [ask.question], QUESTIONS, (*where, "question")):
            return
        if ask.tolerance == "see notes" and ask.question != PEOPLE:
            self.add("'see notes' belongs to the question 'people'.", (*where, "tolerance"))
        if (ask.expected is None) != (ask.tolerance is None):
            self.add("'expected' and 'tolerance' belong together.", where)
        if isinstance(ask.worth, Grid) and not ask.worth.fits:
            self.add(f"the steps must lead from 'first' to 'last', at most {MOST_WORTHS:,} of them.", (*where, "worth"))
        if ask.given is not None:
            self._of_given(ask, where)
        elif not self.spec.cohort:
            self.add(f"the key 'given' is missing: which costs and effects '{ask.question}' is asked of.", where)
        else:
            self._of_cohort(ask, where)

    def _keys(self, ask: Ask, where: Path_, needs: Iterable[str], may: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are given, after noting what is missing and what has no meaning."""
        given = {("from" if key == "start" else key): value for key, value in ask if value is not None}
        for key in needs:
            if key not in given:
                self.add(f"the key '{key}' is missing: '{ask.question}' needs it.", where)
        for key in [key for key, value in given.items() if value not in ("", [])]:
            if key not in (*ALWAYS, *needs, *may):
                self.add(f"'{key}' has no meaning for '{ask.question}'.", (*where, key))
        return given

    def _of_given(self, ask: Ask, where: Path_) -> None:
        question = QUESTIONS[ask.question]
        if not self.known("set of given costs and effects", [ask.given or ""], self.spec.given, (*where, "given")):
            return
        if not question.given:
            self.add(f"'{ask.question}' is asked of people in a model, not of given costs and effects.", where)
            return
        needs = [key for key in question.needs if key not in MODELLED]
        given = self._keys(ask, where, needs, [key for key in question.may if key == "among"])
        plans = self.spec.given[ask.given or ""].plans
        for key in ("variant", "among"):
            self.known("plan", listed(given.get(key)), plans, (*where, key))

    def _of_cohort(self, ask: Ask, where: Path_) -> None:
        spec, question = self.spec, QUESTIONS[ask.question]
        cohort = ask.cohort or next(iter(spec.cohort))
        if len(spec.cohort) > 1 and ask.cohort is None:
            self.add("the key 'cohort' is missing: the case has several.", where)
        if not self.known("cohort", [cohort], spec.cohort, (*where, "cohort")):
            return
        many = spec.cohort[cohort].draws is not None
        if ask.question == PEOPLE:
            self._of_people(ask, where, many)
            self._names(ask, self._keys(ask, where, question.needs, (*question.may, "draw")), cohort, where)
            return
        doubt = ask.question in UNDER_DOUBT
        given = self._keys(
            ask, where, question.needs, (*question.may, *(("draw", "over") if many and not doubt else ()))
        )
        if many and not doubt and (("draw" in given) == ("over" in given)):
            self.add("this cohort has draws: name either a 'draw', or 'over' (\"mean\" or \"sd\").", where)
        if doubt and not many:
            self.add(f"'{ask.question}' is about uncertainty: the cohort needs 'draws'.", where)
        self._names(ask, given, cohort, where)

    def _of_people(self, ask: Ask, where: Path_, many: bool) -> None:
        """Note what people who are followed one by one cannot be asked."""
        pair = ask.cost is not None and ask.effect is not None
        if (ask.cost is None) != (ask.effect is None) or pair == (ask.reward is not None):
            self.add("'people' is asked of a 'reward', or of 'cost' and 'effect'.", where)
        if ask.among is not None and ask.variant is not None:
            self.add("name one 'variant', or several 'among' which people are compared.", (*where, "variant"))
        if isinstance(ask.variant, list) or isinstance(ask.draw, list):
            self.add("people are followed in one 'variant' and one 'draw'; 'among' compares variants.", where)
        if many != (ask.draw is not None):
            self.add("people are followed in one 'draw' where a cohort has draws, and in no other.", where)
        if ask.over == "mean":
            self.add("the mean is what 'people' gives; over = \"sd\" gives how they differ.", (*where, "over"))
        if (ask.tolerance == "see notes") != (ask.within is not None):
            self.add("tolerance = \"see notes\" and 'within' belong together.", where)
        if ask.within is not None and not isinstance(ask.expected, dict):
            self.add("what people come to is a table: what is expected must be one.", (*where, "expected"))

    def _names(self, ask: Ask, given: Mapping[str, Any], cohort: str, where: Path_) -> None:
        states = self.spec.cohort[cohort].states
        for key in ("of", "from"):
            self.known("state", listed(given.get(key)), states, (*where, key))
        if cohort not in self.models:
            return
        model = self.models[cohort]
        if model.header.time not in QUESTIONS[ask.question].times:
            self.add(f"'{ask.question}' has no answer in {model.header.time} time.", (*where, "question"))
        variants = [variant.name for variant in model.variant]
        for key in ("variant", "among", "against"):
            self.known("variant", listed(given.get(key)), variants, (*where, key))
        rewards: Mapping[str, Any]
        rewards, what = (model.reward, "reward") if model.header.time == "discrete" else (model.measure, "measure")
        if model.header.time == "continuous":
            rewards, what = {**rewards, **model.count}, "measure or count"
        if ask.question == PEOPLE and model.header.time == "continuous":
            self.known("history or modifier", listed(given.get("carry")), [*model.history, *model.modifier],
                       (*where, "carry"))  # fmt: skip
        elif given.get("carry") is not None:
            self.add("only people in continuous time carry what is asked for; here formulas say it.", (*where, "carry"))
        for key in ("reward", "cost", "effect"):
            self.known(what, listed(given.get(key)), rewards, (*where, key))


def listed(value: Any) -> list[Any]:
    """Return a list as it is, nothing as an empty list, and anything else as a list of one."""
    if value is None:
        return []
    if isinstance(value, Grid):
        return list(value.points)
    return list(value) if isinstance(value, list) else [value]

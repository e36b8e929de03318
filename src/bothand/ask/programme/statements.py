"""Statements by which a programme looks at itself, and the four questions that the answers speak to, as data.

Data: ``data/ask/programme``: one file a column (harm reduction, recovery, shared) and ``questions.toml``. A statement
names the value or recognition that it stands for, the sentences of the essay, its sources, what is known, whom a "no"
trades away and what would repair it; and the term of a service that it speaks to, where there is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints

from bothand.evidence.tables import Evidence, load_evidence
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, available, data_folder, examine, read_toml, told
from bothand.outcomes.values import load_values
from bothand.principles.audit import CHECKS
from bothand.principles.rules import Cited, load_cited, load_rules
from bothand.world.service import Key, Record, Terms, Text
from bothand.world.terms import load_terms

QUESTIONS = "questions"
EACH = 8  # UNIT: statements of each column
NUMBER = "{n}"
"""Where the number of a quantity stands in the words that say it."""

ColumnKey = Literal["harm_reduction", "recovery", "shared"]
Sentence = Annotated[str, StringConstraints(pattern=r"^E([1-9]|1\d|2[0-5])$")]


class Known(Record):
    """One number that is known, and the words that say it."""

    quantity: Key = Field(description="key of the evidence row")
    words: Text = Field(description="a sentence with {n} where the number stands")


class Points(Record):
    """The term that a statement speaks to: to which choices a yes and a no point, and which choice repairs a no."""

    key: Key
    yes: tuple[Text, ...] = Field(min_length=1)
    no: tuple[Text, ...] = Field(min_length=1)
    repair: Text


class Statement(Record):
    """One statement, which both traditions can say yes to with honour."""

    key: Key
    text: Text
    short: Text = Field(description="the same in a few words, for the profile")
    hr: Text = Field(description="how people of the harm reduction tradition may read it")
    r: Text = Field(description="how people of the recovery tradition may read it")
    stands_for: Key = Field(description="a value, or a principle")
    essay: tuple[Sentence, ...] = Field(min_length=1, description="sentences of the essay, E1 to E25")
    sources: tuple[Cited, ...] = Field(min_length=1)
    trades: Text = Field(description="whom a no trades away, as in 'people who use now'")
    repair: Text = Field(description="what would repair a no, in a sentence")
    known: tuple[Known, ...] = ()
    not_known: Text | None = Field(None, description="where nothing is known: what is not")
    term: Points | None = None
    bought_as: tuple[Key, ...] = Field((), description="services by which a plan pays for it")
    no_term: Text | None = Field(None, description="where no term speaks to it: why")


class Column(Record):
    """Eight statements of one origin."""

    key: ColumnKey
    label: Text
    order: Annotated[int, Strict(), Field(ge=1)]
    reviewed: Text = Field(description="who of each tradition reviewed the words, or 'drafted, not reviewed'")
    statement: tuple[Statement, ...]


class QuestionPart(Record):
    """What some statements together say, in a sentence for each way they may be answered."""

    statements: tuple[Key, ...] = Field(min_length=1)
    yes: Text
    no: Text
    mixed: Text
    unknown: Text


class Question(Record):
    """One of the four questions; ``both``: what two clear answers say together, by 'yes_no' and so on."""

    key: Key
    text: Text
    essay: tuple[Sentence, ...] = Field(min_length=1)
    part: tuple[QuestionPart, ...] = ()
    both: dict[Literal["yes_yes", "yes_no", "no_yes", "no_no"], Text] = Field({}, description="by two clear answers")


class Questions(Record):
    """The four questions."""

    reviewed: Text
    asked: tuple[Question, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Asked:
    """Everything that the page asks, and whether anybody reviewed it."""

    columns: tuple[Column, ...]
    questions: tuple[Question, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement, column by column."""
        return tuple(statement for column in self.columns for statement in column.statement)

    @property
    def mixed(self) -> tuple[Statement, ...]:
        """Every statement in the order in which they are asked: columns take turns, and take turns in going first."""
        found: list[Statement] = []
        for number, row in enumerate(zip(*(column.statement for column in self.columns), strict=True)):
            first, second, *others = row
            found += [second, first, *others] if number % 2 else row
        return tuple(found)


def load_asked(folder: Path | None = None) -> Asked:
    """Read every statement and question. Raises FaultsFound with the faults of all files."""
    folder = folder or data_folder() / "ask" / "programme"
    columns: list[Column] = []
    asked: tuple[Question, ...] = ()
    faults: list[Fault] = []
    evidence = load_evidence()
    for path in sorted(folder.glob("*.toml")):
        document = read_toml(path)
        if path.stem == QUESTIONS:
            continue
        column, form = examine(Column, document)
        if column is not None:
            columns.append(column)
            form += told(_faults(column, document, evidence), form)
        faults += form
    columns.sort(key=lambda column: column.order)
    document = read_toml(folder / f"{QUESTIONS}.toml")
    questions, form = examine(Questions, document)
    if questions is not None:
        asked = questions.asked
        keys = [statement.key for column in columns for statement in column.statement]
        form += told(_question_faults(questions, document, keys), form)
    faults += form
    if faults:
        raise FaultsFound(faults)
    return Asked(tuple(columns), asked)


def stands_for() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what a statement may stand for: key -> its name, and its sentences of the essay; values, then principles.

    A principle's sentences are those that its file cites of the essay.
    """
    found = {value.key: (value.word, value.essay) for value in load_values()}
    for rule in load_rules(CHECKS):
        places = [cited.place for cited in rule.sources if cited.tag == "S22b"]
        found.setdefault(rule.key, (rule.label, tuple(_sentences(places))))
    return found


def _sentences(places: Collection[str]) -> Iterator[str]:
    """Yield 'E22', 'E23', 'E24' for 'E22 to E24', and 'E7', 'E25' for 'E7 and E25'."""
    for place in places:
        words = place.replace(",", " ").split()
        numbers = [int(word[1:]) for word in words if word[:1] == "E" and word[1:].isdigit()]
        if "to" in words and len(numbers) == 2:
            numbers = [*range(numbers[0], numbers[1] + 1)]
        yield from (f"E{number}" for number in numbers)


def _faults(column: Column, document: Document, evidence: Evidence) -> Iterator[Fault]:
    yield from document.misnamed(column.key)
    meanings, tags, services = stands_for(), load_cited(), available("services")
    if len(column.statement) != EACH:
        words = f"{len(column.statement)} statements; each column has {EACH}, so that none weighs more."
        yield document.fault(words, ("statement",))
    for number, statement in enumerate(column.statement):
        where = ("statement", number)
        if statement.key in [other.key for other in column.statement[:number]]:
            yield document.fault(f"'{statement.key}' stands twice.", (*where, "key"))
        if statement.stands_for not in meanings:
            words = f"there is no value or principle '{statement.stands_for}'."
            yield document.fault(words, (*where, "stands_for"), nearest(statement.stands_for, meanings))
        for name, known, keys in (
            ("sources", tags, [cited.tag for cited in statement.sources]),
            ("bought_as", services, statement.bought_as),
        ):
            for at, key in enumerate(keys):
                if key not in known:
                    yield document.fault(f"'{key}' is not known.", (*where, name, at), nearest(key, known))
        yield from _known_faults(statement, document, where, evidence)
        yield from _term_faults(statement, document, where)


def _known_faults(
    statement: Statement, document: Document, where: tuple[str | int, ...], evidence: Evidence
) -> Iterator[Fault]:
    if bool(statement.known) == (statement.not_known is not None):
        yield document.fault("a statement has either 'known' or 'not_known'.", where)
    for at, known in enumerate(statement.known):
        spot = (*where, "known", at)
        if known.quantity not in evidence:
            near = nearest(known.quantity, evidence)
            yield document.fault(f"unknown quantity '{known.quantity}'.", (*spot, "quantity"), near)
        if known.words.count(NUMBER) != 1:
            yield document.fault(f"the number stands once, as {NUMBER}.", (*spot, "words"))


def _term_faults(statement: Statement, document: Document, where: tuple[str | int, ...]) -> Iterator[Fault]:
    term = statement.term
    if (term is None) == (statement.no_term is None):
        yield document.fault("a statement has either a 'term' or 'no_term', which says why not.", where)
    if term is None:
        return
    if term.key not in Terms.model_fields:
        near = nearest(term.key, Terms.model_fields)
        yield document.fault(f"services have no term '{term.key}'.", (*where, "term", "key"), near)
        return
    words = [choice.key for choice in load_terms()[term.key].choice]
    said: Mapping[str, tuple[str, ...]] = {"yes": term.yes, "no": term.no, "repair": (term.repair,)}
    for name, choices in said.items():
        for choice in choices:
            if choice not in words:
                message = f"'{choice}' is no choice of '{term.key}'; allowed: {', '.join(words)}."
                yield document.fault(message, (*where, "term", name), nearest(choice, words))
    if set(term.yes) & set(term.no):
        yield document.fault("a choice stands under yes and under no.", (*where, "term"))
    if term.repair not in term.yes:
        yield document.fault("the repair is none of the choices that a yes points to.", (*where, "term", "repair"))


def _question_faults(questions: Questions, document: Document, keys: Collection[str]) -> Iterator[Fault]:
    for number, question in enumerate(questions.asked):
        for at, part in enumerate(question.part):
            for key in part.statements:
                if key not in keys:
                    where = ("asked", number, "part", at, "statements")
                    yield document.fault(f"there is no statement '{key}'.", where, nearest(key, keys))

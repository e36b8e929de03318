"""The page of a programme: everything that it shows, put together, and what its script reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version

from bothand.ask.language import Language, load_language
from bothand.ask.page import render
from bothand.ask.programme.known import Fact, facts_of
from bothand.ask.programme.statements import Asked, Statement, load_asked, stands_for
from bothand.evidence.tables import load_evidence
from bothand.files import available
from bothand.words import KINDS
from bothand.world.service import load_services
from bothand.world.terms import load_terms

TEMPLATE = "programme.html.j2"
SCRIPTS = ("shared.js", "sealing.js", "opened.js", "programme.js")
STYLES = ("programme.css",)
SET = 12  # UNIT: characters of the name of a set of statements
SCHEMA = "bothand-asked/1"
"""What a sealed file says it is."""

ROLES = {"uses": "I use this service", "staff": "I work here", "manager": "I manage it"}
"""The three people: how each says who they are."""
SHORT_ROLES = {"uses": "uses it", "staff": "staff", "manager": "manager"}
NAMED_ROLES = {"uses": "the person who uses it", "staff": "the member of staff", "manager": "the manager"}
"""The three people as a sentence names them, and as a narrow column does."""
ANSWERS = {"yes": "Yes", "partly": "Partly", "no": "No", "cannot": "Cannot say"}

LETTERS = {"uses": "u", "staff": "s", "manager": "m", "yes": "y", "partly": "p", "no": "n", "cannot": "?", "blank": "–"}
"""What stands on paper for a person and an answer, where a word has no room."""

TEXTS = {
    "across": "One of you says yes, another says no",
    "near": "Nearer, but not the same",
    "silent": "Someone cannot say, or gave no answer",
    "below": "Each statement with a no or a partly stands below: whom it may trade away, what would repair it, and "
    "what is known.",
    "changes": "Changes of terms that would repair some of it:",
    "changes_none": "No change of terms would repair it.",
    "traded": "It may trade away {people}.",
    "blank": "no answer",
    "code_wrong": "This code does not open the file of {who}. Look at it sign by sign. Else the file was changed.",
    "code_missing": "The code of {who} is missing.",
    "differ": "You see this in different ways",
    "differ_silent": "Where all three of you answered, you agree",
    "differ_none": "All three of you gave the same answers. That is rare. Ask someone who left.",
    "file_other": "This is no file of answers from this page: {name}.",
    "file_set": "This file answers other statements than this page has: {name}.",
    "file_twice": "Two files are from {who}. Choose one of each.",
    "files_three": "All three files are needed before anything is shown. Missing: {who}.",
    "in_files": "In: {who}. Mark of the file: {mark}.",
    "in_unsealed": "In: {who}. This file was not sealed.",
    "no_one": "Nobody said no or partly to any statement.",
    "none_said": "Say first who you are.",
    "not_answered": "Without an answer: {numbers}. You may leave them so.",
    "not_sealed": "Some answers were not sealed. Who kept the file could read them.",
    "point_many": "Your answers do not settle this. Choose together.",
    "point_some": "Your answers fit more than one: {choices}. Choose together.",
    "point_one": "All three of you point to: {choice}.",
    "repaired": "With repairs this becomes: {choice}.",
    "saved": "Saved: {name}. Keep the code on paper and tell it to nobody before you open together.",
    "saved_open": "Saved without a seal: {name}. Whoever has the file can read it.",
    "saved_terms": "Saved: {name}. Run it with: bothand run STUDY --terms {name}",
    "say_no": "No: {who}.",
    "say_partly": "Partly: {who}.",
    "terms_choose": "Choose at least one service, and say at least one thing of how you run it.",
    "terms_nothing": "There is no repair to make in what you chose.",
    "unable": "These cannot be run in this way, and stay as their own file has it: {services}.",
    "unnamed": "Our programme",
}
"""What the script says, by name."""


def programme_html(language: str) -> str:
    """Return the page as one HTML document. Raises FaultsFound for faults of the language or the data."""
    words, asked = load_language("programme", language), load_asked()
    facts = _facts(asked, words)
    numbers = {statement.key: number for number, statement in enumerate(asked.mixed, start=1)}
    meanings = stands_for()
    return render(
        TEMPLATE,
        SCRIPTS,
        words,
        words.say("A programme asks itself"),
        STYLES,
        asked=asked,
        answers={key: words.say(word) for key, word in ANSWERS.items()},
        letters=letters(words),
        roles={key: words.say(word) for key, word in ROLES.items()},
        named_roles={key: words.say(word) for key, word in NAMED_ROLES.items()},
        short_roles={key: words.say(word) for key, word in SHORT_ROLES.items()},
        facts=facts,
        numbers=numbers,
        rests_on={s.key: f"{words.say(meanings[s.stands_for][0])} ({', '.join(s.essay)})" for s in asked.statements},
        cited={s.key: "; ".join(f"{cited.tag}: {cited.place}" for cited in s.sources) for s in asked.statements},
        services=_services(words),
        terms=_terms(words),
        data=_data(asked, words, facts, numbers),
        version=version("bothand"),
    )


def letters(words: Language) -> dict[str, str]:
    """Return the letter of each person and each answer, in the language of the page."""
    return {key: words.say(letter) for key, letter in LETTERS.items()}


def _facts(asked: Asked, words: Language) -> dict[str, list[Fact]]:
    evidence = load_evidence()
    return {statement.key: facts_of(statement, evidence, words) for statement in asked.statements}


def _services(words: Language) -> list[dict[str, str]]:
    """Return the services that ship, in the order of their kinds, as the page names them."""
    services = load_services(available("services"))
    order = list(KINDS)
    ordered = sorted(services, key=lambda service: order.index(service.kind))
    return [{"key": s.key, "label": words.say(s.label), "kind": s.kind} for s in ordered]


def _terms(words: Language) -> list[dict[str, object]]:
    """Return the terms with their choices, in their order, as the page names them."""
    return [
        {
            "key": term.key,
            "question": words.say(term.question),
            "choices": [{"key": choice.key, "label": words.say(choice.label)} for choice in term.choice],
        }
        for term in load_terms().values()
    ]


def _data(
    asked: Asked, words: Language, facts: Mapping[str, list[Fact]], numbers: Mapping[str, int]
) -> dict[str, object]:
    """Return what the script reads: everything that it shows, said already."""
    return {
        "schema": SCHEMA,
        "set": _set(asked),
        "statements": [_statement(statement, words, facts, numbers) for statement in asked.mixed],
        "columns": [
            {"key": column.key, "label": words.say(column.label), "statements": [s.key for s in column.statement]}
            for column in asked.columns
        ],
        "questions": [
            {
                "key": question.key,
                "text": words.say(question.text),
                "parts": [
                    {"statements": part.statements}
                    | {name: words.say(getattr(part, name)) for name in ("yes", "no", "mixed", "unknown")}
                    for part in question.part
                ],
                "both": {name: words.say(text) for name, text in question.both.items()},
            }
            for question in asked.questions
        ],
        "order": list(ROLES),
        "roles": {key: words.say(word) for key, word in SHORT_ROLES.items()},
        "named": {key: words.say(word) for key, word in NAMED_ROLES.items()},
        "answers": {key: words.say(word) for key, word in ANSWERS.items()},
        "letters": letters(words),
        "services": _services(words),
        "terms": _terms(words),
        "refused": _refused(),
        "texts": {name: words.say(text) for name, text in TEXTS.items()},
    }


def _set(asked: Asked) -> str:
    """Return a name of these very statements, the same in every language: other statements are other answers."""
    said = json.dumps([[statement.key, statement.text] for statement in asked.mixed], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:SET]


def _statement(
    statement: Statement, words: Language, facts: Mapping[str, list[Fact]], numbers: Mapping[str, int]
) -> dict[str, object]:
    term = statement.term
    return {
        "key": statement.key,
        "number": numbers[statement.key],
        "short": words.say(statement.short),
        "trades": words.say(statement.trades),
        "repair": words.say(statement.repair),
        "known": [fact.key for fact in facts[statement.key]],
        "facts": [f"{fact.sentence.rstrip('.')} ({fact.sure})." for fact in facts[statement.key]],
        "not_known": words.say(statement.not_known) if statement.not_known else "",
        "no_term": words.say(statement.no_term) if statement.no_term else "",
        "term": term.model_dump() if term else None,
    }


def _refused() -> list[list[str]]:
    """Return every service, term and choice with which it cannot be run."""
    return [
        [service.key, term.key, choice.key]
        for service in load_services(available("services"))
        for term in load_terms().values()
        for choice in term.choice
        if {move.lever for move in service.moves} & set(choice.refused_on)
    ]

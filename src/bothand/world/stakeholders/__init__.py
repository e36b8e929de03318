"""Stakeholders: what one side of the table says of how much each value counts, as statements and never as one number.

stakeholder: a position as a noun. families: which values a family holds.
statements: each thing that a position says, as rows that weights must meet.
contradictions: which statements no weights can meet together. stakeholderfile: the loader.
sealing: proof that a position stood before results were seen.
consulted: the stakeholders of one run, and how each is sealed.
"""

from bothand.world.stakeholders.consulted import Consulted, load_consulted
from bothand.world.stakeholders.contradictions import contradiction_words, contradictions
from bothand.world.stakeholders.families import Weighed, families_of
from bothand.world.stakeholders.sealing import SealState, seal_files, seal_path, seal_state
from bothand.world.stakeholders.stakeholder import (
    AskedAgain,
    Preference,
    RatioBound,
    Stakeholder,
    Swing,
    Together,
)
from bothand.world.stakeholders.stakeholderfile import load_stakeholder, read_stakeholder, values_at_hand
from bothand.world.stakeholders.statements import Row, Statement, choice_statement, statements_of

__all__ = [
    "AskedAgain",
    "Consulted",
    "Preference",
    "RatioBound",
    "Row",
    "SealState",
    "Stakeholder",
    "Statement",
    "Swing",
    "Together",
    "Weighed",
    "choice_statement",
    "contradiction_words",
    "contradictions",
    "families_of",
    "load_consulted",
    "load_stakeholder",
    "read_stakeholder",
    "seal_files",
    "seal_path",
    "seal_state",
    "statements_of",
    "values_at_hand",
]

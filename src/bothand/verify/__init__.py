"""Does it fit what is known? Published cases run by the same code, and the engines beside each other.

answers: an answer, what it is held to, how far it is from that. cases: the questions of a published case.
decisions: the published cases of deciding, which have no model.
engines: every check of the engines beside each other. beside: one number beside another, and how much work goes in.
county: the county that checks are made on. given_weeks: people who live through the cohort's weeks. own_weeks: people
who share kits and places. steps: the cohort's week beside no step and beside finer ones. closed_forms: people beside
formulas. gate: a few places, beside their law.
"""

from bothand.verify.answers import COLUMNS as COLUMNS
from bothand.verify.answers import FROM_COHORT as FROM_COHORT
from bothand.verify.answers import Answer as Answer
from bothand.verify.answers import among_people as among_people
from bothand.verify.answers import as_rows as as_rows
from bothand.verify.answers import distance as distance
from bothand.verify.answers import write_results as write_results
from bothand.verify.cases import answers_in as answers_in
from bothand.verify.cases import run_case as run_case

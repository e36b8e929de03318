"""Weights as a set: what follows for plans when nobody is asked for one exact number.

polytope: the set of weights that meets every statement, by its corners. positions: from a stakeholder's file to a set.
sampling: weights drawn evenly from a set. tree: weights drawn over a tree of families of values.
preference: potentially optimal, dominated, necessary and possible preference, and where two truly disagree.
acceptability: SMAA-2. regret: over plans and over all dollars, on the mean and draw by draw.
common_ground: the least largest regret of several stakeholders, the range of every service in it, and floors.
payoff: rules for a table of options and states. elicitation: swing, best-worst, pairwise comparison.
biases: checks on weights that people gave.
"""

from bothand.decide.weights.acceptability import Acceptability, acceptability, choice_entropy, opposed
from bothand.decide.weights.biases import (
    EQUAL,
    AskedTwice,
    Moved,
    asked_twice,
    even_words,
    evenness,
    is_equal_weighting,
    range_sensitivity,
    splitting_excess,
)
from bothand.decide.weights.common_ground import CommonGround, common_ground, floors, least_regret
from bothand.decide.weights.elicitation import BestWorst, Pairwise, best_worst, pairwise_weights, swing_weights
from bothand.decide.weights.polytope import WeightSet, all_weights, weight_set
from bothand.decide.weights.positions import position_weights, question_notes, weights_of
from bothand.decide.weights.preference import (
    Disagreement,
    always_better,
    disagreement,
    dominated,
    necessary,
    possible,
    potentially_optimal,
)
from bothand.decide.weights.regret import (
    Worst,
    best_at,
    bests_at,
    plan_regrets,
    regret_at,
    regrets_in_draws,
    told_apart,
    worst_of,
)
from bothand.decide.weights.sampling import sample
from bothand.decide.weights.tree import sample_by_family, split_bias

__all__ = [
    "EQUAL",
    "Acceptability",
    "AskedTwice",
    "BestWorst",
    "CommonGround",
    "Disagreement",
    "Moved",
    "Pairwise",
    "WeightSet",
    "Worst",
    "acceptability",
    "all_weights",
    "always_better",
    "asked_twice",
    "best_at",
    "best_worst",
    "bests_at",
    "choice_entropy",
    "common_ground",
    "disagreement",
    "dominated",
    "even_words",
    "evenness",
    "floors",
    "is_equal_weighting",
    "least_regret",
    "necessary",
    "opposed",
    "pairwise_weights",
    "plan_regrets",
    "position_weights",
    "possible",
    "potentially_optimal",
    "question_notes",
    "range_sensitivity",
    "regret_at",
    "regrets_in_draws",
    "sample",
    "sample_by_family",
    "split_bias",
    "splitting_excess",
    "swing_weights",
    "told_apart",
    "weight_set",
    "weights_of",
    "worst_of",
]

"""What the search found, and what a study says of deciding.

found: the plan found by search: how far it goes toward each value, and how much each service may get.
budgets: the map from a tenth to ten times today's money.
undone: what two favourites leave undone when both are paid, by both criteria of recovery.
slopes: what the next dollar brings; all the money by spending period; the plan on other terms.
told: everything that a study says of deciding, in plain lines.
losers: who loses under a plan, and what would undo it; in how many runs no group is worse off.
moves: whether one change of a plan improves everything, and the plan that beats what others do.
"""

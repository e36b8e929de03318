"""Is there a both/and move from here? A change of a plan that improves every value, or the proof that there is none.

proof: weights on the values and a price of a dollar by which anyone can check, without a solver, how much is left.
move: from a plan on a surface: the change that gives the least improved value most, or the proof.
slopes: the same from slopes alone, and the slopes of a surface to the left and right of a plan.

Source: DESIGN 8; knowledge/deciding.md 4 (ii): a point with no such move is Pareto-stationary.
"""

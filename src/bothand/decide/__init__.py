"""What then? Price of both/and, the both/and plan, losers and repairs: mathematics on arrays, no simulation inside.

surfaces: what each service's dollars do for each value or group, piecewise linear.
programme: linear programmes over a surface, exact where a curve is not concave.
ideals: the best plan for each value at today's budget, and what it does for the others.
pairs: the price of both/and, collision, tension and the lane of every pair. pairwise/: at other budgets, over draws.
both_and: leximin, the plan among its peers that gains most life-years, its curve and the range of every service.
prices: the best plan again with one rule added or taken away, for the price of a principle.
losers: who gains, gains least, loses, or cannot be told; whether anyone is worse off.
repair: the cheapest change that removes a loss.
frontier: cost-effectiveness with strong and extended dominance. doubt: which plan is best when both are uncertain.
weights/: weights as a set: what follows for plans, for regret, and for several stakeholders.
information: what it is worth to know an input, or to run a study of it, before choosing.
search: the same questions asked of exact gains and slopes, over spending periods and under a cash flow.
likeness: which values a simulation cannot tell apart, and which one service carries alone.
moves/: a change of a plan that improves every value, or the proof that there is none.
agreement/: how far people agree: rankings, answers on a scale, votes by group.
"""

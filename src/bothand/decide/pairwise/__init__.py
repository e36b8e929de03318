"""More about two values, or two groups, or all of them: at other budgets, and over the draws.

budgets: what one plan can give all of them from a tenth to ten times today's money, and what two favourites leave.
front: plans of which none is better for all of some values.
spread: spill-over, collision and tension again in every draw, the plans chosen once; prices and lanes of each draw.
at_once: each objective's best and both of a pair's price in every draw's own world, all of them together.
"""

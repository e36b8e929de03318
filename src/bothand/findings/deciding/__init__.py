"""What is said of deciding: who loses and what would undo it; of a full run the map where terms may change, and moves.

ways: what both of a pair cost where a service may be run otherwise.
budgets: the map from a tenth to ten times today's money.
exact: the plan found by exact slopes, beside the one found on curves.
next_dollar: what the next dollar of every service adds to every value, beside curves and marks.
periods: all the money by spending period, beside the same mix in every period.
plan_on_terms: the both/and plan where a service may be run in another way.
stakeholders: what each would choose, where two truly disagree, and what all could live with.
disputes: the dispute register and what it changes, and what is worth finding out first.
losers: every loss by name, how it comes about, and its cheapest repairs.
stances: each stance as it was signed, and at its own searched best.
own_plan: the cheapest improvement of a plan that a reader gave.
moves: a change of a plan that improves everything, or the proof; a plan that beats what others do.
"""

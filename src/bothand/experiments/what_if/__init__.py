"""Runs that the audits ask for, each with one thing otherwise than a plan or the county has it.

wrong_side: some people are in truth on the other side of the line between use and addiction.
discharge: places that keep people who use send them away, or the other way round.
believed: the world that a side of a dispute believes in, as a lane among others.
disputes: the both/and plan of either side of every dispute, and what is lost by following the other's.
learning: what it is worth to know an input before choosing, and what would settle it.
limit: the search without the study's limit on coercion.
ways: every service run in another way, and what both of a pair cost then.
priced: what each principle costs and brings: the both/and plan again with one rule added or taken away.
common: stakeholders beside the plans, and the plan that all could live with.
moves: a change of a plan that improves everything, or the proof; a plan that beats what others do for every group.
budgets: the map from a tenth to ten times today's money, and what two favourites of a budget leave undone.
repairs: the cheapest repair of each loss, of money and of terms, in the full model.
"""

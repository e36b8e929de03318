"""Runs that the audits ask for, each with one thing otherwise than a plan or the county has it.

wrong_side: some people are in truth on the other side of the line between use and addiction.
discharge: places that keep people who use send them away, or the other way round.
limit: the search without the study's limit on coercion.
ways: every service run in another way, and what both of a pair cost then.
moves: a change of a plan that improves everything, or the proof; a plan that beats what others do for every group.
repairs: the cheapest repair of each loss, of money and of terms, in the full model.
"""

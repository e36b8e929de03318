"""Runs that the audits ask for, each with one thing otherwise than a plan or the county has it.

wrong_side: some people are in truth on the other side of the line between use and addiction.
discharge: places that keep people who use send them away, or the other way round.
limit: the search without the study's limit on coercion.
ways: every service run in another way, and what both of a pair cost then.
common: stakeholders beside the plans, and the plan that all could live with.
"""

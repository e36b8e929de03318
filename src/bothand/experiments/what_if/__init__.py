"""Runs that the audits ask for, each with one thing otherwise than a plan or the county has it.

wrong_side: some people are in truth on the other side of the line between use and addiction.
discharge: places that keep people who use send them away, or the other way round.
limit: the search without the study's limit on coercion.
priced: what each principle costs and brings: the both/and plan again with one rule added or taken away.
"""

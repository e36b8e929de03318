"""How do we say it? One offline report made of a summary, and a model's own description.

page: the report: one HTML file
paper: what every page is made of: templates, the style of the house
picture: the eleven values against the services, before any dollar
sheet: side 1 of the sheet for a council
doubts: side 2 of the sheet
groups: each plan for each group, recovery, horizons, requests, bills
map: coins: what two values, or two groups, cost together, as services are run and on other terms
evidence: the fit, services, evidence, what is not in the model, the run
charts: intervals, ranks, chance, grades, lines over time
svg: small pieces of drawings
layout: their sizes
lookup: parts of a summary by name; how numbers are said
summary/: every number that any output shows, with its schema
questions/: one question a page: what happens to these people? what would change our mind?
stakes/: how the values are read, and the ledgers of infections, families and the community
deciding/: who loses and what would undo it; one change that improves everything
audits/: the principles, read twice
delivery/: findings under other reach, how services meet, the same people reached twice
deciding/: the plan found by search
describe/: a model printed from its own specification
"""

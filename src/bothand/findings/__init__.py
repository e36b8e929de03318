"""What every output says, chosen once: from the results of the runs to the Summary.

building: the whole summary, in the order in which it is read.
people: money, groups, services, plans. tables: outcomes, verdicts, losers.
both: the map and the both/and plan.
audits: the principles, every plan by both readings.
doubts: what decides the order, grades, chance, reach, requests, bills.
history: the fit, and what the model was not given. measures: intervals and indicators that all findings share.
sentences: the findings as sentences, and the strongest case against.
"""

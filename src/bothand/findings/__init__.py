"""What every output says, chosen once: from the results of the runs to the Summary.

building: the whole summary, in the order in which it is read.
people: money, services, plans. effects: what each service does. tables: outcomes, verdicts.
delivery: how services meet, and how many of the people reached are the same.
terms: how services are run, and what a change of terms alone did.
both: the map and the both/and plan.
doubts: what decides the order, grades, chance, requests. bills: who pays.
lines: every line of every plan, with what the law says; the table for a resolution.
stakes/: each group of people, how values are read, what others bear, and the principles by both readings.
history: the fit, and what the model was not given. measures: intervals and indicators that all findings share.
deciding/: what follows for a decision: losers and repairs, moves, the map where terms may change.
said/: the findings as sentences, each under other reach too, and the strongest case against.
"""

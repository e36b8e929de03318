"""What every output says, chosen once: from the results of the runs to the Summary.

building: the whole summary, in order. people: money, groups, services, plans. tables: outcomes, verdicts, losers.
both: the map and the both/and plan. doubts: what decides the order, grades, chance, reach. history: the fit and what
the model was not given. sentences: the findings and the strongest case against.
"""

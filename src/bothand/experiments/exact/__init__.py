"""Search by the exact slopes of the engine, which is asked about services and spending periods.

oracle: the engine asked for the gains of a plan and for what one more dollar adds to each.
first_round: the both/and plan of the first round, found so, beside the one found on curves.
"""

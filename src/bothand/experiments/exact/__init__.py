"""Search by the exact slopes of the engine, which is asked about services and spending periods.

oracle: the engine asked for the gains of a plan and for what one more dollar adds to each.
settling: every value's favourite, beta and the settled plan, with runs and slopes asked for only where they count.
first_round: the both/and plan of the first round, found so, beside the one found on curves; what the next dollar adds.
periods: all the money by spending period, beside the same mix in every period.
on_terms: the both/and plan where a service may be run in another way, on curves and by exact slopes.
"""

"""Search by the engine's exact slopes, over services and spending periods, under the place's cash flow.

oracle: the engine asked for the gains of a plan and for what one more dollar adds to each.
periods: the both/and plan by spending period, found so, beside the one found on curves.
"""

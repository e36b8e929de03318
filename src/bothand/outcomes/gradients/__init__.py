"""How much of each outcome does one more dollar buy, for each service in each period? Exact derivatives, swept back.

asked: the outcomes that may be asked about, and what one more of each line of a ledger is worth to them.
ledgers: from lines of ledgers to the runs that they add up. dollars: the whole road, from outcomes to dollars.
"""

"""How do we know? Sourced quantities and joint draws of them.

quantity: one sourced number and its distribution. rows: a table's row, or its faults. tables: all of them, by key.
sets: alternatives that never mix in one number, rows drawn together.
conversions: named bridges between kinds, and prices.
streams: low-discrepancy luck, one stream a name. draws: joint samples in base units. arrays: names for arrays.
"""

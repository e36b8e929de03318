"""What the sheet has no room for: how the values are read, and the ledgers of those beside the person.

values: kinds of values, votes for one service, values that move together, what a panel says.
ledgers: infections, families, the community by payer, two perspectives on money.
positions: what each stakeholder would choose, and what all could live with.
form: one page on which people rate a service, value by value.
"""

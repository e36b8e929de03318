"""What stands beside the numbers of plans: how values are read, what others bear, and the principles.

values: votes for one service, values that cannot be told apart, what a panel says.
ledgers: infections, families, the community by payer, two perspectives on money.
audits: the principles, every plan by both readings.
"""

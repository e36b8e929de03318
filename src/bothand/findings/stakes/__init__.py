"""What stands beside the numbers of plans: how values are read, what others bear, and the principles.

values: votes for one service, values that cannot be told apart, what a panel says.
ledgers: infections, families, the community by payer, two perspectives on money.
harms: every change of a plan that may be a loss, against what there is today.
rerun: what the audits' own runs say: the line of addiction, a discharge, the limit on coercion.
audits: the principles, every plan by both readings.
"""

"""What stands beside the numbers of plans: groups of people, how values are read, what others bear, the principles.

groups: who they are on day one, what happens to them with no new money, what one service does for them.
luck: what counts may show by chance, and what became of ten thousand people.
minds: what would change our mind: other assumptions, disputes, and what the place should count first.
values: votes for one service, values that cannot be told apart, what a panel says.
ledgers: infections, families, the community by payer, two perspectives on money.
harms: every change of a plan that may be a loss, against what there is today.
rerun: what the audits' own runs say: the line of addiction, a discharge, the limit on coercion.
prices: what each principle costs and brings, in sentences and numbers.
rules: those of spending: what they cost, and which plans do not keep them.
audits: the principles, every plan by both readings.
"""

"""For whom? What a run did, for people as they are on day one, by the values of the essay.

county: the county on day one and its status quo, which every plan is compared with.
trial: one plan tried in the county, beside its held-death twin.
ledger: deaths, life-years, remission, overdoses and care, group by group.
equal_worth: healthy life-years in which a life saved counts the same, whoever lives it.
equity: the length of life, the same for all, that is as good as what groups have, by aversion to inequality.
others: infections, families and the wider community, lives held. lines: what their lines are called and rest on.
requests: who asked for help, how many were met within thirty days, how many wait.
indicators: the values that a simulation can speak to, as numbers.
values: the eleven values, and the marks of what serves them or pulls against them. picture: what stands under them.
gradients/: how much of each outcome one more dollar buys.
ratings: what a local panel says of each service, with its spread.
"""

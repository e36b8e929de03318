"""What follows, in closed form? Questions to a model that need no stepping.

process: continuous time with constant rates, by matrix exponentials and linear solves (the exact mode).
cycles: discrete time, from the probabilities of every cycle. trees: what happens before a model begins.
cohorts: the people of a case, ready to be asked.
"""

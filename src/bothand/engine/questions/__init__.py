"""What follows? Questions to a model: in closed form, and to single people.

process: continuous time with constant rates, by matrix exponentials and linear solves (the exact mode).
stepped: continuous time with places that are limited, week by week.
cycles: discrete time, from the probabilities of every cycle. trees: what happens before a model begins.
cohorts: the people of a case, ready to be asked. people: what single people add up to.
"""

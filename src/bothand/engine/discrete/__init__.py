"""What follows, cycle by cycle? Models in discrete time, run by the conventions they name.

structure: from a model file to states, moves and rewards. chances: from numbers to probabilities a cycle.
paths: people who take the paths that chances open, cycle by cycle.
rewards: what a run adds up to, by counting and discounting.
"""

"""What follows, cycle by cycle? Models in discrete time, run by the conventions they name.

structure: from a model file to states, moves and rewards. chances: from numbers to probabilities a cycle, and the run.
rewards: what a run adds up to, by counting and discounting.
"""

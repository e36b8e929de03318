"""Does it fit? One simple fit of the supply's toxicity to the deaths of the parent state, and how wrong it was.

run_in: the state from the first year of the run-in to day one, by a test fit and a decision fit.
toxicity: a yearly series with few knots and a declared penalty, fitted in every draw, then a random walk.
"""

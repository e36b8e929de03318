"""What follows? From model files and dollars to what happens, year by year.

setting: a study with everything it names, loaded, checked and compiled. needs: what its model must have.
compile: from a model file to states and moves. rates: from numbers to the schedule of every move.
weights: what a person-year counts for, in measures and counts.
arrays: the arrays that pass between compiler, engines and outcomes. listing: a compiled model as plain data.
delivery: how dollars become people reached, and people reached the value of a lever.
cohort: exact expectations for many draws at once, fast. vectors/: the loops that it compiles.
early: one form of these compiled while another is in use.
people/: the same model, one person at a time.
reference: the same step in plain NumPy, for reading and for checking.
exact: constant rates without gates or stocks.
discrete/: models in discrete time. questions/: closed-form answers about a model.
adjoint/: the same road backward: what one more dollar, or one more of any rate, changes.
"""

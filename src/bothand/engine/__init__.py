"""What follows? From model files and dollars to what happens, year by year.

setting: a study with everything it names, loaded, checked and compiled.
compile: from a model file to states and moves. rates: from numbers to the schedule of every move.
arrays: the arrays that pass between compiler, engines and outcomes. listing: a compiled model as plain data.
delivery: how dollars become people reached, and people reached the value of a lever.
cohort: exact expectations for many draws at once, fast. kernel: its compiled step.
reference: the same step in plain NumPy, for reading and for checking.
exact: constant rates without gates or stocks. terminal: what remains after the last year.
discrete/: models in discrete time. questions/: closed-form answers about a model.
"""

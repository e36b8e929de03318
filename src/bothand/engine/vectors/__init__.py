"""What numba compiles: loops that carry as many draws as a vector has lanes.

lanes: a vector of doubles as one value; how compiled code is made and kept on disk.
rows: numbers laid out in lanes and taken out again, by NumPy.
streams: random words that are a function of seed, draw, person, cause and count.
kernel: the step of the cohort engine. adjoint: the same step, swept backward.
terminal: what remains after the last year.
"""

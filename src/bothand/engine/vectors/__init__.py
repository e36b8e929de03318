"""What numba compiles: loops that carry eight draws in one vector.

lanes: eight doubles as one value; how compiled code is made and kept on disk.
streams: random words that are a function of seed, draw, person, cause and count.
kernel: the step of the cohort engine. adjoint: the same step, swept backward.
terminal: what remains after the last year.
"""

"""What numba compiles: loops that carry eight draws in one vector.

lanes: eight doubles as one value; how compiled code is made and kept on disk.
kernel: the step of the cohort engine. terminal: what remains after the last year.
"""

"""How fast, beside what? Every comparison is a ratio of two runs on one machine, one after the other, in one go.

rows: what a row is, how time is measured, what the machine was. jobs: the models and numbers that are run.
cohort: the cohort engine beside NumPy and matrix exponentials. stepping: those rivals, written in NumPy.
individuals: people one by one beside Starsim and NumPy, and how many people an answer needs.
respond: the cohort engine in discrete time beside respondpy. scaling: how cost grows.
deciding: the front over three values beside NSGA-II, and the map of eleven values.
starting: the command, the first compile, the main job.
peers/: what runs in an environment of its own, with the packages of ``requirements.lock`` here.
"""

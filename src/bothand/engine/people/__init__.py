"""Individuals: the same compiled model, one person at a time, for what expectations cannot say.

Continuous time: layout: a chain and one draw of its schedule, laid out for the loops. kernel: the loops: clocks, moves,
places and queues. people: a run of individuals, and what it left behind. lives: life courses read from the record of
moves. Discrete time: cycles: people through the cycles of a model. walk: the loop of them.
For both: history: what a person carries with them: past events, time since the last, a modifier of their own.
spread: what many people come to: means, their errors, how people differ.
"""

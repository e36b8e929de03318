"""Individuals: the same compiled model, one person at a time, for what expectations cannot say.

layout: a chain and one draw of its schedule, laid out for the loops.
history: what a person carries with them: past events, time since the last, a modifier of their own.
kernel: the loops: clocks, moves, places and queues. people: a run of individuals, and what it left behind.
lives: life courses read from the record of moves.
"""

"""Worlds opened and plans tried by block of draws, each block a task that any executor may run and any store may keep.

opening: the state's run-in and the county's day one, by block. trying: one plan, by block.
keeping: what is told of a run, or made otherwise in a world, kept without the run.
cutting: what a block is made of, how it is cut and joined, and what of a study it depends on.

A block gives the same bits whatever else is run beside it, so that the size of blocks changes no number.
"""

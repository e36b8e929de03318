"""What is said of deciding: who loses and what would undo it; of a full run the map where terms may change, and moves.

ways: what both of a pair cost where a service may be run otherwise.
losers: every loss by name, how it comes about, and its cheapest repairs.
moves: a change of a plan that improves everything, or the proof; a plan that beats what others do.
"""

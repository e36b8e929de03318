"""What the report says of deciding.

losers: who loses under a plan, and what would undo it; in how many runs no group is worse off.
moves: whether one change of a plan improves everything, and the plan that beats what others do.
"""

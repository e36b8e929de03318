"""What does one more dollar change? The road from dollars to what happens, taken backward.

Each file answers for one stretch: given what one more of its results is worth, what is one more of its inputs worth?
So one sweep gives the derivative of a number with respect to every dollar, however many there are.

cohort: from what a run recorded to the rates it was run with. expressions: from nodes of a model's graph to its levers.
rates: from a schedule and weights to those nodes. delivery: from levers to dollars.
"""

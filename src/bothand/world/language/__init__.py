"""How is a model written? The language of model files, from text to states, moves and formulas.

expression: rates as text, its grammar and arithmetic. graph: every distinct sub-expression of a model, once.
dimensions: a hazard is not a probability. formulas: names, lets and choices, looked up for a cell.
cells: the states that exist, sets of them, where a move leads. edges: rules and events, cell by cell.
tree: what happens before a model begins. carried: what single people carry with them.
report: the faults that the others find.
"""

"""Rules of spending that every plan found by search keeps, beside the curves and in the full model.

bill: what others are asked for under a plan. bounds: the rules on a surface of curves, and whether any plan keeps them.
price: what the rules cost: the plan that is found without them, beside.
"""

"""What a plan must keep whatever it seeks: earmarks, ceilings, and a cap on what others are asked for.

rules: the noun, and what becomes of it at another budget. rows: the same as rows of a programme on curves.
"""

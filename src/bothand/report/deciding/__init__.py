"""What the search found.

found: the plan found by search: how far it goes toward each value, and how much each service may get.
"""

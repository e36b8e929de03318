"""What the search found, and what a study says of deciding.

found: the plan found by search: how far it goes toward each value, and how much each service may get.
told: everything that a study says of deciding, in plain lines.
"""

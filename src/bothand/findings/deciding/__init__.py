"""What a full run says of deciding: the map where terms may change, stakeholders, disputes, moves.

ways: what both of a pair cost where a service may be run otherwise.
exact: the plan found by exact slopes, beside the one found on curves.
stakeholders: what each would choose, where two truly disagree, and what all could live with.
disputes: the dispute register and what it changes, and what is worth finding out first.
"""

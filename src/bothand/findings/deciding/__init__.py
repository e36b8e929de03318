"""What a full run says of deciding: the map where terms may change, stakeholders, disputes, moves.

ways: what both of a pair cost where a service may be run otherwise.
disputes: the dispute register and what it changes, and what is worth finding out first.
"""

"""What a full run says of deciding: the map where terms may change, stakeholders, disputes, moves.

ways: what both of a pair cost where a service may be run otherwise.
stakeholders: what each would choose, where two truly disagree, and what all could live with.
"""

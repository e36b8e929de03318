"""What a full run says of deciding, a form for each noun.

ways: what both of a pair cost where a plan may also choose how a service is run.
moves: a change of a plan that improves everything, or the proof that there is none; a plan that beats what others do.
repairs: what would undo a loss; whether no group is worse off than under any reference.
"""

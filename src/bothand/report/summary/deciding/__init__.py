"""What a full run says of deciding, a form for each noun.

ways: what both of a pair cost where a plan may also choose how a service is run.
exact: the both/and plan found by exact slopes, beside the one found on curves.
periods: all the money by spending period; the both/and plan where a service may be run in another way.
stakeholders: what each would choose, where two truly disagree, and what all could live with.
rules: those of spending that every plan found keeps, and what they cost.
stances: each as it was signed, and at its own searched best.
disputes: what people disagree about, whether it changes the decision, and what it is worth to find out first.
moves: a change of a plan that improves everything, or the proof that there is none; a plan that beats what others do.
repairs: what would undo a loss; whether no group is worse off than under any reference.
"""

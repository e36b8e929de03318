"""The runs that a study asks for: worlds opened, plans tried, curves drawn, inputs moved.

worlds: the state's run-in and the county's day one for any set of draws or lanes.
plans: every plan of the study under both ways the money may come, and under other reach.
carrying: money that finds no use in one spending period, given again in the next.
curves: what each service's dollars do for every value and group, alone.
terms: each plan that runs services on terms of its own, with and without them.
reaches: every plan again with half the people to be found, and with no limit; in a full run the search too.
search: the both/and plan found on those curves, tried in the full model.
deciding: one input at a time moved to its ends, all ends in one run.
cohort_ahead: who of those with addiction today is in stable remission decades later.
more_kits: how many deaths one more naloxone kit averts.
end_and_platform: every plan again with the moves from contact into treatment held.
what_if/: runs that the audits ask for, each with one thing otherwise. individuals/: the county's people, one by one.
positions/: each position and stance given its best voice.
results: everything that the runs gave, before anything is said about it.
"""

"""BothAnd: what each affordable plan does for each group of people, and plans in which nobody is traded away.

The rooms, from the ground up; a room imports only from rooms below it:

faults, files: every fault of a file in one pass, with its line. words, units: how numbers and people are spoken of.
keys: code names that rooms share. remembered: what is worked out once for an object.
evidence: how do we know? world: what is there? engine: what follows? outcomes: for whom? calibrate: does it fit?
principles: may we? decide: what then? experiments: the runs a study asks for. report: how do we say it?
findings: what every output says. full_run: what only a full run asks. ask: two pages that need no run.
study: the main job, in order. verify: published cases, and the engines side by side. listing, checking: what ships,
and its faults. cli: the command line.
"""

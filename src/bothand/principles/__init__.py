"""May we? The principles as audits with two readings, a harm-reduction one and a recovery one; never a total.

rules: the principles as data, and what reviewers said of them
facts: what the audits look at, for every plan
answers: verdicts, and the word over two readings
order: less harm, a partial order over a model's states, and what its counts do along it
swaps: equal worth as a permutation test
lines: checks that read outcomes
services: checks that read which services are paid for and how they are run
change: checks of change, worth, and the two ends of harm reduction
audit: every check by name, and the audit of a plan
"""

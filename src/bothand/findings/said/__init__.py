"""Findings as sentences: made from a few numbers, and made again by the same functions under every other reach.

claim: a sentence, what it claims and the amounts it prints; when two sentences say the same.
numbers: the tables that sentences which rest on the reach are made of.
sentences: the findings.
against: the strongest case against the searched plan.
most: which plan gains most under every reach.
reaches: each finding beside what it would be with half the people to be found, and with no limit.
"""

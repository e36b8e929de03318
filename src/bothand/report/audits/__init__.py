"""The principles in the report: one table of words, and behind each rule what both readings say of every plan.

page: what the section shows
prices: what each principle costs and brings
"""

"""What a full run says of deciding, a form for each noun.

ways: what both of a pair cost where a plan may also choose how a service is run.
disputes: what people disagree about, whether it changes the decision, and what it is worth to find out first.
"""

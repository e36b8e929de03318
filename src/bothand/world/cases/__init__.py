"""Which published case must a model repeat? A model, numbers with their source, questions, and what was published.

nouns: every table of a case file. questions: what each question needs and may have. draws: numbers that are uncertain,
given one by one or drawn from distributions. loading: a case without faults, with its models and tables.
"""

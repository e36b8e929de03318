"""Pages that answer one question each.

people: what happens to these people, and what does each plan, and each service alone, do for them?
lives: what can chance alone do to a count, and what becomes of ten thousand people?
minds: what would change our mind, and what should be counted first?
disputes: what do people disagree about, does it change the decision, and what is worth finding out?
"""

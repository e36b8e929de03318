"""Exact search: dollars per service and spending period under a cash flow, asking an oracle as rarely as can be.

oracle: who is asked for exact gains and slopes; calls are counted; a surface can be read as one.
space: the plans that money and rules allow. rules: the same as rows with words, and which contradict each other.
bundle: all exact points seen, and what their tangents say of every other plan.
curves: how objectives bend near a plan, learned from the points or read off a surface.
questions: what is asked, in one form. master: the programme solved between two calls of the oracle.
answers: from a question to an answer with exact numbers, its bound, gap and calls.
solve: favourites, weights, beta, leximin, the both/and plan, price, collision, tension, ranges of services.
certificate: how good an answer is, read off its exact slopes. multistart: do several starts end in the same place?
front: plans of which none is better for all, and how much of the room they cover.
"""

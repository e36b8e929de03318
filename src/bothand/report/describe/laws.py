"""The words that are the same for every model: how formulas are read, and the two laws that the engines hold."""

from __future__ import annotations

HOW_TO_READ = (
    "Rates are hazards per year. A formula stands as the file has it, then written out for the people it holds for.",
    "with(c, r) = 1 - c + c * r: a share c is reached, and the rate of those reached is multiplied by r.",
    "within(x, a, b) = 1 where x is at least a and at most b, else 0: what holds for a time only.",
    "name[year] is a series by calendar year, name[sex, age] a table by stratum; the place gives both. at_hand is the "
    "chance that the stock is at hand where an event happens. All other names are levers, quantities or names for "
    "parts of formulas, each explained in its own list.",
    "Code names stand in brackets, public labels outside them.",
)
HOW_TO_READ_CYCLES = (
    "This model counts time in cycles. Formulas stand as the file has them: rates are hazards a year, probabilities "
    "hold for a cycle.",
    *HOW_TO_READ[1:3],
    "cycle is the number of the cycle (1 is the first), age and year what they are at its start, duration the cycles "
    "of a stay so far (1 in the first). name[age] is a table that a case gives.",
    HOW_TO_READ[-1],
)
FROM_RATES = {
    "each-alone": "a rate r becomes the probability 1 - exp(-r c) in a cycle of c years, each for itself",
    "competing": "rates r that add up to R become the probabilities r / R (1 - exp(-R c)): one move a cycle at most",
    "matrix-exponential": "rates become the probabilities of any number of moves in a cycle",
}
COMPETING = {
    "conditional-on-survival": "death first; other moves have their probability among those who live",
    "subtract": "each move has its probability; who is left, stays",
}
COUNTING = {
    "start": "people at the start of each cycle",
    "end": "people at the end of each cycle",
    "life-table": "the mean of people at the start and at the end of each cycle (half-cycle correction)",
    "weights": "people between cycles, each time with a weight",
}
TODAY = "Today is what holds without a plan; a place may give its own value in its stead."
TERMS = (
    "A service's numbers hold for the terms in its own file; a plan may run it otherwise. A choice says what it "
    "changes on a lever that the service moves, or its effect is not known: then no number rests on it."
)
CARRIED = (
    "What the states leave out. People who are followed one by one carry it with them where it is asked for "
    "(carry = [...] in a study or a case); a cohort has no single people, so the cohort engine leaves it out. Its "
    "quantities are read only then."
)
CAPACITY_LAW = (
    "N people hold the C places: dN/dt = D * (1 - (N / C)^k) + others - exits * N. D is the flow of those who ask, as "
    "it would be with free places; N at the end of the step is solved for, and its fraction holds for the whole step."
)
STOCK_LAW = (
    "K kits are in the right hands: dK/dt = kits - K / shelf_life - events * use_per_event * at_hand, and "
    "at_hand = most * (1 - exp(-draw_down * K / people at risk))."
)

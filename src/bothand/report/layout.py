"""Sizes of the drawings, in CSS pixels or per cent of a drawing's width. None of them describes the world."""

from __future__ import annotations

# Marks, after LOOK section 4.
DISC = 5.0  # UNIT: px, radius of a mean
RING = 4.5  # UNIT: px, radius of a ring, its 2 px line added
TRIANGLE = 6.0  # UNIT: px, half height of the loss triangle
HALO = 6.6  # UNIT: px, radius of the ring round a count that lies outside

# Cells of a small multiple: x in per cent of the cell, y in px.
CELL_HEIGHT = 18.0  # UNIT: px
CELL_LABELLED = 27.0  # UNIT: px, a cell with its number above the disc
CELL_TOP = 8.0  # UNIT: px, over the hairlines of a cell, so that they keep off the words above
CELL_FOOT = 7.0  # UNIT: px, from a disc to the foot of its cell
BAR_HEIGHT = 8.0  # UNIT: px, a bar in its cell
BAR_LEAST = 0.4  # UNIT: %, so that a very small share is still seen
LABEL_RISE = 9.0  # UNIT: px, from a disc up to its label
AXIS_HEIGHT = 18.0  # UNIT: px
AXIS_BASE = 13.0  # UNIT: px, baseline of tick labels
EDGE = 12.0  # UNIT: %, nearer to an edge than this a label is anchored at its end
WHOLE = 100.0  # UNIT: %, the width of a drawing
MARGIN = 0.04  # UNIT: share of the range left free at each end of a scale

# Ticks.
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)  # MATH: steps a reader can count in
TEN = 10.0  # MATH: base of the number system
TICKS_LEAST = 3  # UNIT: ticks in a very narrow panel
TICKS_FEW = 4  # UNIT: ticks in a narrow panel
SHORT = 2  # UNIT: letters of a label that is set in the middle wherever it stands
TICKS_MANY = 6  # UNIT: ticks in a wide chart
SMALLEST = 0.0005  # UNIT: a smaller number is said as 0
TINY = 1e-9  # MATH: tolerance of a comparison of floats

# Coins, after LOOK section 6.
COIN_SMALL = 11.0  # UNIT: px, radius in the triangle of pairs
COIN_LARGE = 19.0  # UNIT: px, radius on the sheet and in the lanes
COIN_TOUCH = 2.0  # UNIT: budgets at which two coins touch
JUST_SHORT = 2.1  # UNIT: budgets below which two budgets fall just short
COIN_GAP = 3.0  # UNIT: px, least gap that holds the upright bar
COIN_PAD = 2.0  # UNIT: px around a coin's line
COIN_ROWS = 6  # UNIT: coins that stand in a row at their full size
HALVINGS = 40  # MATH: bisection steps for the distance of two coins
ARROW = 5.0  # UNIT: px, head of a spill-over arrow
ARROW_HEIGHT = 10.0  # UNIT: px
ARROW_WIDTH = 34.0  # UNIT: px

# The chart of ranks.
BUMP_ROW = 21.0  # UNIT: px between places
BUMP_TOP = 11.0  # UNIT: px above the first place
BUMP_HALF = 6.5  # UNIT: %, half the width kept free round a number
TIE_HALF = 7.0  # UNIT: %, half the width of the shape that joins plans that cannot be told apart
TIE_RISE = 9.0  # UNIT: px
TEXT_DROP = 4.5  # UNIT: px from a text's middle to its baseline
LABEL_GAP = 1.5  # UNIT: %, between a name and its line

# Chance.
CHANCE_ROW = 18.0  # UNIT: px
CHANCE_BAND = 32.0  # UNIT: px
CHANCE_LINE = 14.0  # UNIT: px, between the words of the two bands
CHANCE_PLANS = 3  # UNIT: plans shown against chance

# Strip of grades.
STRIP_HEIGHT = 18.0  # UNIT: px
STRIP_GAP = 0.6  # UNIT: %

# Lines over time.
PLOT_HEIGHT = 148.0  # UNIT: px
PLOT_SMALL = 122.0  # UNIT: px
PLOT_TOP = 16.0  # UNIT: px
PLOT_FOOT = 22.0  # UNIT: px under the axis
PLOT_LEFT = 9.0  # UNIT: %
PLOT_LEFT_SMALL = 16.0  # UNIT: %
PLOT_RIGHT = 3.0  # UNIT: %
PLOT_RIGHT_SMALL = 6.0  # UNIT: %
OFFSET = 1.2  # UNIT: %, the two fits stand side by side at this distance from their year
TICK_LABEL_GAP = 1.2  # UNIT: %, between the axis and its labels

# The sheet.
PAIRS_ON_SHEET = 4  # UNIT: pairs of values drawn on the sheet
PAIRS_IN_LANE = 4  # UNIT: pairs named in a lane of the map
COLLISIONS = 3  # UNIT: collisions drawn
DOMINANT = 0.6  # UNIT: share of the money in one kind from which a plan wears the kind's colour
ROWS_SHOWN = 8  # UNIT: judgement rows shown before the rest is folded away
LETTER_ROOM = 0.045  # UNIT: share of a money bar too narrow for its letter

LEVEL_HEADS = 12  # UNIT: services whose names stand level over the picture; more are turned, and law goes by its word
ROOMY = 4  # UNIT: services of a band beside whose name that of the next band finds room

# Words.
NARROW = 0.75  # UNIT: share of an even column below which a column of words is hard to read
BRIEF = 150  # UNIT: letters of a source in a table; the whole of it stands below the table
SERVICES_NAMED = 3  # UNIT: services named in one sentence before "others"
HEAD = 28  # UNIT: letters that fit over a column of ranks
HUNDRED = 100  # UNIT: hundredths in a whole
THOUSAND = 1_000.0  # UNIT: US dollars
MILLION = 1_000_000.0  # UNIT: US dollars
MOST_BYTES = 1_500_000  # UNIT: bytes, the largest report

"""Sizes of the drawings in CSS pixels and of the text in characters. None of them describes the world."""

from __future__ import annotations

# The terminal.
COLUMNS = 100  # UNIT: characters in a line
FIRST = 4  # UNIT: characters by which a line stands in
SECOND = 8  # UNIT: characters by which a line below it stands in
THIRD = 12  # UNIT: characters by which a line below that stands in
HALF = 6  # UNIT: characters by which branches stand in
KEY_COLUMN = 26  # UNIT: characters kept for a code name

# A drawing: boxes under one another at the left, lanes at the right.
WIDTH = 358.0  # UNIT: px, a phone of 390 px less its margins; three stand side by side on a page of 1,120 px
BOX = 264.0  # UNIT: px, width of a box
PAD = 6.0  # UNIT: px inside a box
NUMBER = 20.0  # UNIT: px kept for a box's number at its left
PORT = 22.0  # UNIT: px kept for the number of the box that an exit leads to
HANG = 8.0  # UNIT: px by which the second line of a text stands in
LINE = 15.0  # UNIT: px from line to line
BASE = 4.5  # UNIT: px from a line's middle to its baseline
GAP = 7.0  # UNIT: px between boxes of one layer
LAYER_GAP = 16.0  # UNIT: px between layers
EXIT_GAP = 3.0  # UNIT: px between exits
EDGE = 1.0  # UNIT: px kept free round the drawing for its lines
LANE_FIRST = 13.0  # UNIT: px from a box to the first lane
LANE_PITCH = 12.0  # UNIT: px between lanes, at most
LANE_APART = 6.0  # UNIT: px between the ends of two lines that share a lane
HEAD = 7.0  # UNIT: px, length of an arrowhead
HEAD_HALF = 4.0  # UNIT: px, half its width
DOT = 2.25  # UNIT: px, radius of a joint
SWAPS = 40  # UNIT: rounds of exchanging neighbouring lanes, at most

# Widths of characters in a sans-serif face, in parts of the font size, so that words can be set without a browser.
FONT = 13.0  # UNIT: px
SAFE = 1.04  # UNIT: times wider than the face that was measured, for other faces
BOLD = 1.08  # UNIT: times wider than regular
NARROWEST = 0.24  # UNIT: em
NARROW = 0.31  # UNIT: em
MIDDLE = 0.5  # UNIT: em
USUAL = 0.56  # UNIT: em
CAPITAL = 0.7  # UNIT: em
WIDEST = 0.88  # UNIT: em

# Numbers in text.
SIGNIFICANT = 4  # UNIT: figures
THOUSANDS = 1_000.0  # UNIT: from here on numbers are whole, with separators

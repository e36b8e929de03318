"""A whole Summary with made-up numbers of a likely size, for tests of the report. None of them is a finding.

parts: intervals and rows, which everything is made with. study: what is asked, the money, the people on day one.
people: what happens to them. services, values (with their marks), plans: the nouns. outcomes, verdicts, pairs, bills:
what the plans do. moves: one change for all. doubts: what could be wrong. delivery: findings under other reach, how
services meet. audits, prices: the principles. disputes: the register. sentences: what is said. whole: all of it;
longest: the same with sentences as long as a real run has made them; many: the same with twenty services. deciding:
all of it, as a full run tells it.
"""

from example.deciding import full
from example.longest import HALF, longest, many
from example.whole import example

__all__ = ["HALF", "example", "full", "longest", "many"]

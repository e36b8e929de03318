"""How far do people agree? Of rankings, of answers on a scale, of votes on statements: described, never decided.

rankings: Kendall's W: how alike several people rank the same items.
histograms: agreement on one ordered scale: van der Eijk's A and polarisation, and two other indexes beside.
opinions: what share of each given group agrees with a statement, what marks a group out, what all groups share.

Much agreement is evidence of agreement and never an automatic decision. Nothing here sorts people into groups: in a
board of fewer than about twenty people clusters are noise, and people by items are shown instead.
Source: DESIGN 8, knowledge/deciding.md 2d.
"""

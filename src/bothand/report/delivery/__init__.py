"""Delivery in the report: every finding under other reach, how services meet, and the same people reached twice.

page: what these folded parts show
"""

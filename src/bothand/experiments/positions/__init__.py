"""Each position given its best voice, so that no plan is held against another in its weakest form.

voices: how often each plan comes first when families of values, or directions, have an equal voice.
stances: each stance at its own best, searched for what it puts first with the services it pays for.
own_plan: the cheapest improvement of a plan that a reader gave.
"""

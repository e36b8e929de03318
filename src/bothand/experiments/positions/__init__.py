"""Each position given its best voice, so that no plan is held against another in its weakest form.

voices: how often each plan comes first when families of values, or directions, have an equal voice.
"""

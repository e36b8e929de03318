"""Rules of a study or a place that every plan found by search keeps.

rule: an earmark, a ceiling or an exclusion of a service; a cap on what others are asked for. faults: what is wrong with
them, alone and beside the services and the money.
"""

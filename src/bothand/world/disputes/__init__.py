"""What do people disagree about? The dispute register: a claim, two positions, and what each side believes of inputs.

register: every table of a register's file. loading: the register without faults, beside the evidence.
"""

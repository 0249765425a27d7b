"""Planted faults: what is left out, moved or made up in a term, and what must be found of it.

    fault.py           what a fault is, and what it must lead to
    plot.py            a term that is being changed
    accounts.py        settlements, balances and device counters, put right after a change
    certificates.py … fabrication.py
                       the faults of each kind of rules
    catalogue.py       all of them, each at a school and on a day of its own
    answering.py       how work orders and freezes are answered, as they come
    judging.py         what was found, and which fault explains it

A fault is planted in a clean term and is a fault by the rules of a kitchen, not by how a rule is
written: a sample that was thrown away, an invoice that was used twice. Whatever else follows from it
is named beside it, so that nothing that is found is left unexplained.
"""

"""Proof of absence (证据缺失): calendars, menus, rosters, orders, alerts make records due.

    obligation   what is owed, and how it stands: open, met, late, excused, missing, void
    page, book   what is remembered of one meal, shift or order, and how records change it
    <kind>.py    one file for each kind of obligation: who owes what, from what, by when
    outages      what excuses lateness
    rules        the policy's members and their defaults
    family       which record goes where

Told to people in docs/oversight/completeness.md.
"""

from ledger.oversight.completeness.family import Completeness

__all__ = ["Completeness"]
"""The family, to be told a log."""

"""Supplier credit and public rating (供应商信用、供应商评级): a formula over what stands in the log.

    record → judged → movement of the score → decays, is disputed, is ruled on
                          ↘ counted in its month → rating, grade, rank

`docs/oversight/credit.md` is the formula in words, with an example computed by hand.
"""

from ledger.oversight.credit.family import Credit

__all__ = ["Credit"]

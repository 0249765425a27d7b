"""The act rules of this version."""

from typing import Final

from ledger.oversight.acts import ActRules
from ledger.oversight.freeze import Freeze

RULES: Final = ActRules([Freeze()])
"""What may block an act."""

"""The act rules of this version."""

from typing import Final

from ledger.oversight.acts import ActRules
from ledger.oversight.admitted import Admitted
from ledger.oversight.certified import Certified
from ledger.oversight.freeze import Freeze

RULES: Final = ActRules([Freeze(), Admitted(), Certified()])
"""What may block an act."""

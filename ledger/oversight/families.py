"""The rule families of this version, in the order in which they are told."""

from typing import Final

from ledger.oversight.certificates import Certificates
from ledger.oversight.completeness import Completeness
from ledger.oversight.credit import Credit
from ledger.oversight.dashboard import Dashboard
from ledger.oversight.fabrication.family import Fabrication
from ledger.oversight.family import Family
from ledger.oversight.indicators import Indicators
from ledger.oversight.reconciliation.family import Reconciliation
from ledger.oversight.reconciliation.payees import Payees
from ledger.oversight.rectification import Rectification
from ledger.oversight.risk import Risk
from ledger.oversight.suspicions import Suspicions

FAMILIES: Final[tuple[Family, ...]] = (
    Certificates(),
    Completeness(),
    Reconciliation(),
    Payees(),
    Rectification(),
    Risk(),
    Credit(),
    Fabrication(),
    Indicators(),
    Dashboard(),
)
"""All that find. One that reads what another finds is told it as a record, some entries later."""

LISTS: Final[tuple[Family, ...]] = (Suspicions(),)
"""Families that only list what others found: no policy drives them."""

VERSION: Final = "5"
"""Of the rules as they are written here: where another was followed, all is derived again."""

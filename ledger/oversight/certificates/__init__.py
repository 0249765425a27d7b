"""证照预警: papers that lapse, and what was delivered or cooked without a paper that covers the day.

    papers      what is remembered of one holder: certificates, reviews, admissions
    ladder      → expiry-warning, at each step before a paper's end and when it has lapsed
    suppliers   what speaks against a supplier at a moment
    deliveries  → suspicion, one per delivery and kind
    staff       → suspicion, one per person and gap between health certificates
    rules       the policy's members and their defaults
    family      which record goes where

What it finds and why is told in docs/oversight/certificates.md. Acts are refused elsewhere
(`ledger.oversight.acts`); here stored facts become findings.
"""

from ledger.oversight.certificates.family import Certificates

__all__ = ["Certificates"]

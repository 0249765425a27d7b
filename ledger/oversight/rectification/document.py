"""The work order as a document: its number (工单号), and the rules that it rests on."""

from hashlib import sha256
from typing import Any, Final

from ledger.evidence import subjects
from ledger.oversight.family import Context

MAX_OPENS: Final = 500
"""Causes that a work order links to, the newest: there is room for 512 links in all."""


def number(canteen: str, day: str, *parts: str) -> str:
    """The number of a work order (工单号): day, canteen, and six digits of what it is for.

    It fills the 32 characters that may stand in a subject as they are.
    """
    digest = sha256(" ".join(parts).encode()).hexdigest()[:6]
    return f"GD-{day.replace('-', '')}-{subjects.value(canteen).replace('~', '-')}-{digest}"


def rests_on(context: Context, **more: str) -> dict[str, Any]:
    """The `ext` of a work order: its type has no fields of its own for the policy it follows from."""
    policy = context.policy
    return {
        "policy_name": policy.name,
        "policy_version": max(policy.version, 1),
        "as_of_size": context.size,
        **more,
    }

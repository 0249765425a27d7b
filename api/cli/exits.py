"""Exit codes (API.md, command line): 0 is ok or verified."""

from typing import Final

FAILED: Final = 1
"""A check failed, or the command did."""

USAGE: Final = 2
"""Wrong usage, or input that cannot be read."""

UNPROVEN: Final = 3
"""`log-only` or `unidentified`: it rests on somebody's word."""

INTERRUPTED: Final = 130
"""By the user."""

"""Document numbers inside subjects (EVIDENCE §1).

A number is `[A-Za-z0-9._-]{1,32}` and does not begin `h-`; any other, a Chinese one for instance,
stands as `h-` and the first 32 hex digits of the SHA-256 of its UTF-8.
"""

import re
from hashlib import sha256

_PLAIN = re.compile(r"(?!h-)[A-Za-z0-9._-]{1,32}", re.ASCII)


def in_subject(number: str) -> str:
    """How a document number, item, dish or lot is written inside a subject."""
    if _PLAIN.fullmatch(number):
        return number
    return "h-" + sha256(number.encode()).hexdigest()[:32]

"""One record that fits its type, for tests that need any."""

from typing import Any

from devices.client import Evidence

OCCURRED_AT = "2026-11-23T06:12:11.120Z"
HOLDER = "supplier:91210500MA0YK7QX5T"
CERTIFICATE: dict[str, Any] = {
    "holder": HOLDER,
    "certificate_kind": "food-business-licence",
    "certificate_no": "JY12105020012345",
    "number_scheme": "none",
    "issuing_authority": "本溪市市场监督管理局",
    "issued_on": "2026-01-05",
    "valid_until": "2031-01-04",
    "scope": ["vegetables"],
    "read_by": "manual",
    "accountable": "person:abcdefghijklmnopqrstuvwxyz",
}


def evidence(**changes: Any) -> Evidence:
    """The certificate, changed as asked."""
    members: dict[str, Any] = {
        "type": "certificate",
        "payload": CERTIFICATE,
        "occurred_at": OCCURRED_AT,
    }
    return Evidence(**{**members, **changes})

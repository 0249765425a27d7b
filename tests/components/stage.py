"""A service with a bank that may post and an authority whose key vouches for others."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from components.posting import open_bank
from components.service import Service
from devices.client import SigningKey

ADMISSION = "bureau:11210500001234567Y~admission"


@dataclass(frozen=True, slots=True)
class Stage:
    """A running service on which the bank may post; `authority` vouches for keys."""

    service: Service
    bank: str
    authority: SigningKey


@contextlib.contextmanager
def open_stage(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Stage]:
    """A public log without a chain, founded and served until the block ends."""
    authority = SigningKey.generate()
    authorities = folder / "authorities.json"
    authorities.write_text(json.dumps([{"party": ADMISSION, "jwk": authority.public_jwk}]))
    settings = {
        "MEALTRACE_CHAIN": "none",
        "MEALTRACE_ENTRIES": "public",
        "MEALTRACE_AUTHORITIES_FILE": str(authorities),
        **(environment or {}),
    }
    with Service(folder / "home", settings).found() as service:
        yield Stage(service, open_bank(service), authority)

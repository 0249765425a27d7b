"""Who and what the examples speak of: one school day with made-up parties and valid numbers."""

from hashlib import sha256
from typing import Any, Final

OPERATOR: Final = "operator:91210500MA0XR22L6F"
ENGINE: Final = "operator:91210500MA0XR22L6F~engine"
ADMISSION: Final = "bureau:11210500001234567Y~admission"
FUNDS: Final = "bureau:11210500001234567Y~funds"
REGULATOR: Final = "regulator:11210500MB1H7728Q5~canteens"
AUDITOR: Final = "auditor:12210500MB0A1203X6~education"
BANK: Final = "bank:91210500MA10D3WN2E"
SUPPLIER: Final = "supplier:91210500MA0UTC1A0P"
LABOUR: Final = "labour:91210500MA0P7C4K8D"
INTEGRATOR: Final = "integrator:91210500MA0YK7QX5T"
SCHOOL: Final = "school:2105020001"
CANTEEN: Final = "canteen:2105020001~01"
GATEWAY: Final = "gateway:bx-0001"
CAMERA_GATEWAY: Final = "gateway:bx-0001-eyes"
SCALE: Final = "device:bx-0001-scale-1"
CABINET: Final = "device:bx-0001-cabinet-1"
CAMERA: Final = "camera:bx-0001-kitchen-1"
MEALS_ACCOUNT: Final = "account:mq3vhx2k7d5ncotyz4arlw6pbe"

STOREKEEPER: Final = "person:b7kq2mzx4nvc6jw3thp5rdyaeo"
COOK: Final = "person:c3xw6ofm2ktq7vzj5ynbhapdre"
HEAD: Final = "person:h5nd3rka7wpt2ecm6vxqjybzoz"
CLERK: Final = "person:k2vt6yqj4zrm7xbc5hdwonpeas"
DRIVER: Final = "person:d6zp4wmh2ycn7vqt3xjkroebas"

ORDER: Final = "order:2105020001~A-17"
DAY: Final = "2026-11-23"

FILES: Final[dict[str, bytes]] = {}
"""The examples' files by SHA-256, so that an example can be posted after they are uploaded."""


def record(number: int) -> str:
    """The id of an example."""
    return f"01a206fd-6778-7a62-a7b8-{number:012x}"


def file(role: str, media_type: str = "image/jpeg") -> dict[str, Any]:
    """A file of that role, as a request names it."""
    data = f"MealTrace example: {role}\n".encode()
    digest = sha256(data).hexdigest()
    FILES[digest] = data
    return {"media_type": media_type, "role": role, "sha256": digest, "size": len(data)}

"""How the demo posts: one call of the client that integrators use for each record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.demo import pictures
from api.demo.floor import Floor
from api.demo.goods import TARE_G, Item
from devices.client import Evidence, MealtraceClient, Receipt, SigningKey
from ledger.evidence.catalogue import get
from ledger.statement import Link

ZONE: Final = ZoneInfo("Asia/Shanghai")
ORDER: Final = "order:2105020001~A-17"
"""The order of the day, as a subject."""

Told = Callable[[str, str, Receipt], None]
"""What happened in English and Chinese, and its receipt."""


@dataclass(slots=True)
class Poster:
    """One day at one school, and the means to post about it.

    Attributes:
        clients: by party, each with that party's token.
        keys: by party, of those that sign.
        people: a pseudonym by what the person does that day.
        account: pseudonym of the bureau's dedicated account.
        on: the civil date.
        told: hears of every record.
        tell: hears what else happens, in English and Chinese.
        floor: the canteen's devices and their gateway; None: what they say is made up.
        receipts: what was posted, by a short name.
        photos: of weighings, by the same name.
    """

    clients: Mapping[str, MealtraceClient]
    keys: Mapping[str, SigningKey]
    people: Mapping[str, str]
    account: str
    on: date
    told: Told
    tell: Callable[[str, str], None] = lambda _en, _zh: None
    floor: Floor | None = None
    receipts: dict[str, Receipt] = field(default_factory=dict)
    photos: dict[str, bytes] = field(default_factory=dict)

    def post(
        self,
        name: str,
        party: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        at: time,
        said: tuple[str, str] | None,
        days: int = 0,
        links: list[Link] | None = None,
        blobs: Mapping[str, bytes] | None = None,
    ) -> Receipt:
        """Post one record as `party`, tell of it if anything is `said`, and keep its receipt."""
        receipt = self.clients[party].post(
            kind,
            payload,
            occurred_at=self.at(at, days=days),
            links=links or (),
            blobs={role: (data, "image/jpeg") for role, data in (blobs or {}).items()},
            key=self.keys.get(party),
        )
        self.receipts[name] = receipt
        if said is not None:
            self.told(*said, receipt)
        return receipt

    def say(self, name: str, party: str, evidence: Evidence, said: tuple[str, str]) -> None:
        """Post evidence as `party`, tell of it, and keep its receipt under `name`."""
        receipt = self.clients[party].post(
            evidence.type,
            evidence.payload,
            occurred_at=evidence.occurred_at,
            links=evidence.links,
            blobs=evidence.blobs,
            key=self.keys.get(party),
        )
        self.receipts[name] = receipt
        self.told(*said, receipt)

    def arrived(self, name: str, receipt: Receipt, said: tuple[str, str]) -> None:
        """Tell of what the gateway sent, and keep its receipt under `name`."""
        self.receipts[name] = receipt
        self.told(*said, receipt)

    def example(self, kind: str, **changes: Any) -> dict[str, Any]:
        """The catalogue's own example of a type, for this school."""
        payload = {**get(kind).example["payload"], **changes}
        payload.pop("blobs", None)
        return payload

    def two(self, at: time) -> list[dict[str, str]]:
        """Two people who confirm together (双人)."""
        return [
            {"person": self.people[who], "confirmed_at": self.at(at), "method": "face"}
            for who in ("storekeeper", "teacher")
        ]

    def at(self, at: time, *, days: int = 0) -> str:
        """A time of that day, in normal form; `days` before or after it."""
        moment = datetime.combine(self.on + timedelta(days=days), at, ZONE).astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def photo(self, item: Item, seed: int) -> bytes:
        """A photo of goods on the scale."""
        return pictures.weigh_in_photo(item.arrived_g + TARE_G, item.colour, seed=seed)

    def scan(self, title: str, number: str, seed: int) -> bytes:
        """A scan of a paper."""
        return pictures.scan(title, [f"No. {number.partition(':')[2] or number}"], seed=seed)


def line(item: Item) -> dict[str, Any]:
    """An item as a line of a document."""
    return {
        "line_no": item.line_no,
        "item_code": item.code,
        "item_name": item.name,
        "lot_no": item.lot_no,
        "unit": "g",
    }


def delivered(item: Item) -> dict[str, Any]:
    """An item as a line of what was delivered."""
    return {
        "order_line_no": item.line_no,
        "item_code": item.code,
        "lot_no": item.lot_no,
        "unit": "g",
    }


def price(item: Item, amount_fen: int) -> dict[str, Any]:
    """What an item's line costs."""
    return {
        "line_no": item.line_no,
        "unit_price_fen": str(item.fen_per_kg),
        "price_unit": "kg",
        "amount_fen": amount_fen,
    }


def yuan(fen: int) -> str:
    """An amount for people."""
    return f"¥{fen / 100:,.2f}"

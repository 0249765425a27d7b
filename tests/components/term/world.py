"""Who takes part: parties with made-up names, valid numbers, devices, people and accounts."""

import hashlib
import random
from dataclasses import dataclass, field

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"

OPERATOR = "operator:91210500MA0XR22L6F"
ADMISSION = "bureau:11210500001234567Y~admission"
FUNDS = "bureau:11210500001234567Y~funds"
REGULATOR = "regulator:11210500MB1H7728Q5~canteens"
AUDITOR = "auditor:12210500MB0A1203X6~education"
BANK = "bank:91210500MA10D3WN2E"


def credit_code(number: int) -> str:
    """A company's valid credit code (GB 32100)."""
    body = f"91210500MA0{number:06d}"
    return body + str(uscc.calc_check_digit(body))


def permit(number: int) -> str:
    """A food business permit's valid number."""
    body = f"1210502{number:06d}"
    return "JY" + body + str(mod_11_10.calc_check_digit(body))


def random_subject(kind: str, name: str) -> str:
    """A pseudonym that follows from a name."""
    digest = hashlib.sha256(f"{kind} {name}".encode()).digest()
    return f"{kind}:" + "".join(_BASE32[byte % 32] for byte in digest[:26])


@dataclass(frozen=True, slots=True)
class Person:
    """One of the kitchen's staff.

    Attributes:
        name: pseudonym.
        warm_mC: what the forehead usually shows.
        health_certificate: id of the record.
    """

    name: str
    warm_mC: int
    health_certificate: str


@dataclass(frozen=True, slots=True)
class Item:
    """Goods that a supplier sells: fen per kg, or per piece."""

    code: str
    name: str
    unit: str
    price_fen: int


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier and what it sells."""

    party: str
    name: str
    category: str
    items: tuple[Item, ...]
    account: str
    driver: str
    clerk: str


@dataclass(frozen=True, slots=True)
class School:
    """A school with one canteen, its gateway, devices and people."""

    party: str
    canteen: str
    gateway: str
    scale: str
    cabinet: str
    cold_store: str
    checker: str
    account: str
    account_no: int
    diners: int
    head: str
    storekeeper: str
    teacher: str
    staff: tuple[Person, ...]
    calibration: str
    counters: dict[str, int] = field(default_factory=dict)

    @property
    def digits(self) -> str:
        return self.party.partition(":")[2]


@dataclass(frozen=True, slots=True)
class World:
    """All of them.

    Attributes:
        labour: the firm that employs the kitchens' staff.
        clerk: who posts for the labour firm.
        officer: of the bureau's admission office.
        treasurer: prepares settlements.
        director: approves them.
        inspector: of the regulator.
    """

    schools: tuple[School, ...]
    suppliers: tuple[Supplier, ...]
    labour: str
    clerk: str
    officer: str
    treasurer: str
    director: str
    inspector: str


MEAT = (
    Item("pork-leg", "猪后腿肉", "g", 2600),
    Item("chicken-thigh", "鸡腿肉", "g", 1800),
    Item("egg", "鲜鸡蛋", "g", 980),
)
GREENS = (
    Item("potato", "土豆", "g", 320),
    Item("cabbage", "白菜", "g", 260),
    Item("tomato", "番茄", "g", 540),
    Item("carrot", "胡萝卜", "g", 380),
)
STAPLES = (Item("rice", "大米", "g", 560), Item("tofu", "豆腐", "g", 600))
_SOLD = (("meat", MEAT), ("vegetable", GREENS), ("grain", STAPLES))


def make(schools: int, staff: int, seed: int) -> World:
    """A world of so many schools with so many kitchen staff each; three suppliers serve them all."""
    draw = random.Random(f"world {seed}")
    return World(
        tuple(_school(number, staff, draw) for number in range(1, schools + 1)),
        tuple(supplier(number, *sold) for number, sold in enumerate(_SOLD, 1)),
        f"labour:{credit_code(900)}",
        *(
            random_subject("person", name)
            for name in ("clerk", "officer", "treasurer", "director", "inspector")
        ),
    )


def _school(number: int, staff: int, draw: random.Random) -> School:
    digits = f"210502{number:04}"
    device = f"s{number:04}"
    people = tuple(
        Person(
            random_subject("person", f"{digits} cook {place}"),
            round(draw.gauss(36_450, 140)),
            record_id(f"health {digits} {place}"),
        )
        for place in range(staff)
    )
    return School(
        party=f"school:{digits}",
        canteen=f"canteen:{digits}~01",
        gateway=f"gateway:{device}",
        scale=f"device:{device}-scale-1",
        cabinet=f"device:{device}-cabinet-1",
        cold_store=f"device:{device}-cold-1",
        checker=f"device:{device}-checker-1",
        account=random_subject("account", digits),
        account_no=number,
        diners=draw.randrange(160, 420),
        head=random_subject("person", f"{digits} head"),
        storekeeper=random_subject("person", f"{digits} storekeeper"),
        teacher=random_subject("person", f"{digits} teacher"),
        staff=people,
        calibration=record_id(f"calibration {digits}"),
    )


def supplier(number: int, category: str, items: tuple[Item, ...]) -> Supplier:
    """A supplier of that category, by its number."""
    code = credit_code(100 + number)
    return Supplier(
        f"supplier:{code}",
        f"示例{category}供应有限公司",
        category,
        items,
        f"6200 0000 0000 {number:04}",
        random_subject("person", f"{code} driver"),
        random_subject("person", f"{code} clerk"),
    )


def record_id(name: str) -> str:
    """A record's id that follows from its name, so that records may name one another beforehand."""
    digest = bytearray(hashlib.sha256(f"term {name}".encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

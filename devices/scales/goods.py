"""What lies on the scale (称的是什么): said by the configuration, or by a file that a screen writes.

    {"item_code": "pork-leg", "direction": "inbound", "supplier": "supplier:91210500MA0UTC1A0P",
     "order": "order:2105020001~A-17", "order_line_no": 1, "lot_no": "P-1122",
     "attended_by": ["person:…"]}

A scale knows a weight and nothing else. The kitchen's screen, or the software that has the orders,
writes the file before the goods are put on, and removes it afterwards; it is read at each weighing.
"""

from pathlib import Path
from typing import Any, Final

import orjson

from devices.camera.weigh_in import Goods
from devices.gateway.table import Table
from ledger.errors import MalformedError
from ledger.statement import Link

UNNAMED: Final = "unnamed"
DIRECTIONS: Final = ("inbound", "outbound", "return", "waste")
_MOST_BYTES: Final = 65_536


def of_table(table: Table) -> Goods:
    """As the configuration says.

    Raises:
        MalformedError: a value that is none.
    """
    order: str | None = table.text("order", None)
    return Goods(
        item_code=table.text("item_code", UNNAMED),
        direction=table.choice("direction", DIRECTIONS, "inbound"),
        supplier=table.text("supplier", None),
        order=order,
        order_line_no=table.integer("order_line_no", least=1)
        if table.has("order_line_no")
        else None,
        lot_no=table.text("lot_no", None),
        attended_by=table.texts("attended_by", ()),
        links=() if order is None else (Link("fulfils", subject=order),),
    )


def read(path: Path) -> Goods | None:
    """As the file says now; None: there is none.

    Raises:
        MalformedError: it cannot be read, or is no such file.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise MalformedError(f"{path.name} is larger than {_MOST_BYTES} bytes")
        members: Any = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise MalformedError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(members, dict):
        raise MalformedError(f"{path.name} is no JSON object")
    table = Table(members, path.name)
    goods = of_table(table)
    table.end()
    return goods

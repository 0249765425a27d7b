"""`mealtrace-gateway emulate terminal`: a morning-check terminal (晨检仪) that posts a morning."""

import contextlib
import random
import struct
import time
import uuid
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import httpx
import orjson
import typer

from devices.gateway.language import tr
from devices.terminal.check import HANDS, ROLES
from ledger import timestamp
from ledger.encoding import b64

app = typer.Typer(
    help=tr("A morning-check terminal to try a gateway with.", "用于试用网关的模拟晨检仪。"),
    add_completion=False,
)

_PATHS: Final = {
    "mealtrace": ("/v1/check", "/v1/heartbeat", "/v1/staff", "/v1/sign-off"),
    "canteen-checker": tuple(
        f"/api/morningCheck/{name}" for name in ("upload", "heartbeat", "employees", "signOff")
    ),
}
_THEIRS: Final = {
    "foreign_body": "foreignBody", "plaster": "bandAid", "ring": "ring", "polish": "nailPolish",
    "wound": "wound", "nails": "fungalNail",
}  # fmt: skip


@dataclass
class Reading:
    """What the terminal measured of one person."""

    staff_id: str
    forehead_mC: int = 36_400
    checked_at_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    found: frozenset[str] = frozenset()
    images: dict[str, bytes] = field(default_factory=dict)
    overall: str = "fit"


class Terminal:
    """One terminal, speaking one dialect."""

    def __init__(
        self, url: str, secret: str, *, code: str = "MC-01", dialect: str = "mealtrace",
        timeout_s: float = 20.0, verify: Any = True,
    ) -> None:  # fmt: skip
        self._paths = _PATHS[dialect]
        self._dialect = dialect
        self._code = code
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {secret}"},
            timeout=timeout_s,
            verify=verify,
        )

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def check(self, reading: Reading) -> httpx.Response:
        """Post a check: a form in the vendor's dialect, JSON in ours."""
        if self._dialect == "canteen-checker":
            files = {
                role: (f"{role}.png", data, "image/png") for role, data in reading.images.items()
            }
            return self._http.post(self._paths[0], data=self._form(reading), files=files or None)
        return self._http.post(self._paths[0], json=self._json(reading))

    def check_as_html(self, reading: Reading) -> httpx.Response:
        """Post a check as some terminals do: JSON that calls itself text/html."""
        body = {
            **self._form(reading),
            **{f"{role}Image": b64(data) for role, data in reading.images.items()},
        }
        return self._http.post(
            self._paths[0], content=orjson.dumps(body), headers={"Content-Type": "text/html"}
        )

    def heartbeat(self) -> httpx.Response:
        """It is there."""
        return self._http.post(self._paths[1], json={})

    def staff(self) -> httpx.Response:
        """Ask for the list of staff."""
        return self._http.get(self._paths[2])

    def sign_off(self, staff_id: str) -> httpx.Response:
        """Somebody goes home."""
        return self._http.post(self._paths[3], json={"userId": staff_id})

    def _json(self, reading: Reading) -> dict[str, Any]:
        return {
            "terminal": self._code,
            "uuid": reading.uuid,
            "staff_id": reading.staff_id,
            "checked_at": timestamp.format(reading.checked_at_ms),
            "forehead_mC": reading.forehead_mC,
            "identity_method": "face",
            "identity_score_ppm": 960_000,
            "hands": {name: name in reading.found for name in HANDS},
            "symptoms": [],
            "overall": reading.overall,
            "images": {role: b64(data) for role, data in reading.images.items()},
        }

    def _form(self, reading: Reading) -> dict[str, str]:
        at = datetime.fromtimestamp(reading.checked_at_ms / 1000, UTC)
        return {
            "equipmentCode": self._code,
            "uuid": reading.uuid,
            "userId": reading.staff_id,
            "foreheadTemp": f"{reading.forehead_mC / 1000:.1f}",
            "checkTime": at.isoformat(sep=" "),
            "range": "35.9-37.3",
            **{theirs: str(int(ours in reading.found)) for ours, theirs in _THEIRS.items()},
            "symptoms": "",
            "result": str(int(reading.overall == "unfit")),
        }


def photo(seed: int, size: int = 48) -> bytes:
    """A small grey PNG that no other seed gives."""
    noise = random.Random(seed)  # noqa: S311 - a picture, no secret
    rows = b"".join(b"\x00" + noise.randbytes(size) for _ in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


@app.callback()
def _all() -> None:
    """Several commands, though there is one so far."""


@app.command(help=tr("Post a morning of checks.", "提交一个早晨的晨检。"))
def morning(
    url: Annotated[str, typer.Option(help=tr("The gateway's address.", "网关地址。"))],
    secret: Annotated[
        str, typer.Option(envvar="TERMINAL_SECRET", help=tr("Shared secret.", "共享密钥。"))
    ],
    staff: Annotated[
        str, typer.Option(help=tr("Staff numbers, by commas.", "工号，以逗号分隔。"))
    ] = "0001,0002,0003",
    code: Annotated[str, typer.Option(help=tr("Its own code.", "设备编号。"))] = "MC-01",
    dialect: Annotated[
        str,
        typer.Option(help=tr("mealtrace or canteen-checker.", "mealtrace 或 canteen-checker。")),
    ] = "mealtrace",
    pause_s: Annotated[
        float, typer.Option(help=tr("Seconds between people.", "两人之间的秒数。"))
    ] = 1.0,
    seed: Annotated[int, typer.Option(help=tr("The same morning again.", "重现同一早晨。"))] = 1,
    tries: Annotated[
        int, typer.Option(min=1, help=tr("How often to try each.", "每次检查的尝试次数。"))
    ] = 5,
) -> None:
    """One check for each; a refused or lost one is tried again, as a terminal does."""
    chance = random.Random(seed)  # noqa: S311 - temperatures, no secrets
    terminal = Terminal(url, secret, code=code, dialect=dialect)
    failed = 0
    for number, staff_id in enumerate(staff.split(",")):
        reading = Reading(staff_id.strip(), round(chance.gauss(36_450, 250) / 100) * 100)
        reading.images = {
            role: photo(1000 * seed + 10 * number + place) for place, role in enumerate(ROLES)
        }
        taken, said = _until_taken(terminal, reading, tries, pause_s)
        failed += not taken
        typer.echo(f"{staff_id} {reading.forehead_mC} {said}")
        time.sleep(pause_s)
    with contextlib.suppress(httpx.TransportError):
        terminal.heartbeat()
    terminal.close()
    if failed:
        raise typer.Exit(1)


def _until_taken(
    terminal: Terminal, reading: Reading, tries: int, pause_s: float
) -> tuple[bool, str]:
    """Whether it is on record, and its id, or why it is not."""
    why = ""
    for _ in range(tries):
        try:
            answer = terminal.check(reading)
        except httpx.TransportError as error:
            why = tr(f"the gateway cannot be reached: {error}", f"无法连接网关：{error}")
            time.sleep(pause_s)
            continue
        if answer.status_code == httpx.codes.OK:
            said = answer.json()
            return True, str(said.get("record") or said.get("data"))
        why = f"{answer.status_code} {answer.text[:200]}"
        time.sleep(pause_s)
    return False, tr("not taken: ", "未接收：") + why


if __name__ == "__main__":
    app()

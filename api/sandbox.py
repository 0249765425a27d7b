"""A throw-away ledger for whoever writes an integration: `mealtrace serve --sandbox`.

The real service over a temporary folder, founded with the parties of the catalogue's examples, both
suppliers admitted, and a token for each party, so that every example of `GET /v1/types` posts as it
stands. Tokens are drawn anew each time. Every answer is marked, and so is every proof: the log's origin says what it is.
"""

import shlex
import socket
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.access import READS_ALL
from api.demo import cast
from api.demo.cast import CAMERA_GATEWAY, CAST, DEVICES, EYES, GATEWAY, GREENS, MEAT, SCHOOL
from api.founding import found
from api.govern import admin_of, say
from api.installation import ADMIN_TOKEN, Installation
from api.settings import Settings
from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples.school_day import ENGINE, FILES, INTEGRATOR, OPERATOR

ORIGIN: Final = "sandbox.mealtrace.example/throw-away"

_POSTS: Final = ("post", "read")
_READS_ALL: Final = ("log:read", "personal", "post", "read")
_MANDATED: Final = ("certificate", "dispatch")
_VARIABLES: Final = {
    cast.ADMISSION: "ADMISSION",
    cast.FUNDS: "FUNDS",
    cast.REGULATOR: "REGULATOR",
    cast.AUDITOR: "AUDITOR",
    cast.BANK: "BANK",
    cast.MEAT: "SUPPLIER",
    cast.GREENS: "OTHER_SUPPLIER",
    cast.LABOUR: "LABOUR",
    cast.SCHOOL: "SCHOOL",
    cast.GATEWAY: "GATEWAY",
    cast.CAMERA_GATEWAY: "CAMERA",
    INTEGRATOR: "INTEGRATOR",
    ENGINE: "ENGINE",
    OPERATOR: "OPERATOR",
}
_MANDATE_UNTIL: Final = "2099-01-01T00:00:00.000Z"
_CATEGORIES: Final = {MEAT: ("meat", "poultry", "egg"), GREENS: ("vegetable", "fruit")}


@dataclass(frozen=True, slots=True)
class Account:
    """One party that may call the sandbox.

    Attributes:
        variable: `<variable>_TOKEN` and `<variable>_PARTY` are its environment variables.
        party: whose token it is.
        roles: what the party was granted, in words.
        token: its text.
    """

    variable: str
    party: str
    roles: str
    token: str


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A founded throw-away ledger.

    Attributes:
        settings: of its service.
        url: where it will listen.
        accounts: who may call it.
        environment: a shell file, readable by its owner only, that exports address, tokens and
            the folder, so that the operator's commands act on this ledger.
    """

    settings: Settings
    url: str
    accounts: tuple[Account, ...]
    environment: Path


def make(folder: Path, chosen: Settings) -> Sandbox:
    """Found a ledger in `folder`, an empty one that nobody else can read.

    Args:
        folder: everything lies in it.
        chosen: host, port, limits and log level; nothing else of an installation is used.
    """
    settings = chosen.model_copy(
        update={
            "home": folder,
            "data_dir": folder / "data",
            "keys_dir": folder / "keys",
            "name": "MealTrace sandbox 食迹沙箱",
            "origin": ORIGIN,
            "operator": OPERATOR,
            "authorities_file": None,
            "database_url": None,
            "s3_endpoint": None,
            "chain": "embedded",
            "rpc_url": None,
            "port": chosen.port or _free_port(chosen.host),
            "sandbox": True,
        }
    )
    url = f"http://{settings.host}:{settings.port}"
    with closing(found(settings)) as opened:
        accounts = tuple(_populate(opened))
        _upload_examples(opened)
    environment = folder / "sandbox.env"
    environment.touch(mode=0o600)
    environment.write_text(_exports(url, folder, accounts), "utf-8")
    return Sandbox(settings, url, accounts, environment)


def _populate(opened: Installation) -> Iterator[Account]:
    admin = admin_of(opened)
    for member in (*CAST, EYES):
        say(
            opened,
            "party-registration",
            {"party": member.party, "name": member.name},
            issuer=admin,
        )
        for role in member.roles:
            granted = {"party": member.party, "role": role, "granted": True}
            say(opened, "role-grant", granted, issuer=admin)
        reads_all = not READS_ALL.isdisjoint(member.roles)
        yield _account(
            opened, member.party, " ".join(member.roles), _READS_ALL if reads_all else _POSTS
        )
    for device, kind, model, serial in DEVICES:
        registration = {
            "device": device,
            "owner": SCHOOL,
            "gateway": CAMERA_GATEWAY if kind == "camera" else GATEWAY,
            "kind": kind,
            "model": model,
            "serial": serial,
        }
        say(opened, "device-registration", registration, issuer=admin)
    mandate = {
        "principal": MEAT,
        "submitter": INTEGRATOR,
        "types": list(_MANDATED),
        "from": opened.genesis.created_at,
        "until": _MANDATE_UNTIL,
    }
    say(opened, "mandate", mandate, issuer=MEAT)
    _admit(opened)
    yield _account(opened, INTEGRATOR, f"{', '.join(_MANDATED)} for {MEAT}", _POSTS)
    yield _account(opened, ENGINE, "engine", _POSTS)
    yield _account(opened, OPERATOR, "operator", _POSTS)
    text = (opened.settings.keys_dir / ADMIN_TOKEN).read_text("ascii").strip()
    yield Account("ADMIN", admin, "admin", text)


def _admit(opened: Installation) -> None:
    """Both suppliers, for years: nobody else is ordered from, and the first try shall succeed."""
    founded_at = opened.genesis.created_at
    year = int(founded_at[:4])
    example = TYPES["admission"].example["payload"]
    for number, supplier in enumerate((MEAT, GREENS), start=1):
        admission = {
            **example,
            "decision_no": f"SANDBOX-{number}",
            "supplier": supplier,
            "categories": list(_CATEGORIES[supplier]),
            "effective_at": founded_at,
            "term_from": f"{year - 1}-01-01",
            "term_until": f"{year + 9}-12-31",
        }
        say(opened, "admission", admission, issuer=cast.ADMISSION)


def _account(opened: Installation, party: str, roles: str, scopes: tuple[str, ...]) -> Account:
    text, _ = opened.store.tokens.issue(party, scopes, label="sandbox")
    return Account(_VARIABLES[party], party, roles, text)


def _upload_examples(opened: Installation) -> None:
    """The files that the catalogue's examples name, each by the party that posts the example."""
    for kind in TYPES.values():
        for blob in kind.example.get("blobs", ()):
            uploading = opened.store.uploads.begin(kind.example["issuer"], blob["media_type"])
            uploading.write(FILES[blob["sha256"]])
            uploading.finish()


def _exports(url: str, folder: Path, accounts: Iterable[Account]) -> str:
    lines = [("MEALTRACE_URL", url), ("MEALTRACE_HOME", str(folder))]
    for one in accounts:
        lines += [(f"{one.variable}_PARTY", one.party), (f"{one.variable}_TOKEN", one.token)]
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in lines)


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port

"""`mealtrace-gateway people`: put a member of staff into the gateway's list of people.

The service gives the pseudonym of this school year for an identity that only it can read again; the
list, on this machine, says which staff number or card it is.
"""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from devices.client import MealtraceClient
from devices.gateway.language import tr
from devices.local import people
from devices.local.people import KnownPeople, Member
from ledger.errors import LedgerError

app = typer.Typer(
    help=tr("Who is who on this gateway.", "本网关的人员对照表。"),
    no_args_is_help=True,
    add_completion=False,
)
_CHINA: Final = timedelta(hours=8)


@app.command("add", help=tr("Add a person, or change what is known of one.", "新增或更新人员。"))
def add(
    file: Annotated[Path, typer.Option("--people", help=tr("The list.", "对照表文件。"))],
    identity: Annotated[
        str,
        typer.Option(
            help=tr(
                "What the employer knows the person by, once and for all.",
                "用人单位内的唯一身份标识。",
            )
        ),
    ],
    code: Annotated[
        list[str],
        typer.Option(
            help=tr("Staff number, card or QR text; several.", "工号、卡号或二维码，可多次。")
        ),
    ],
    url: Annotated[
        str, typer.Option(envvar="MEALTRACE_URL", help=tr("The service.", "服务地址。"))
    ],
    token: Annotated[
        str, typer.Option(envvar="MEALTRACE_TOKEN", help=tr("A token to post with.", "提交令牌。"))
    ],
    certificate: Annotated[
        str | None, typer.Option(help=tr("Record of the health certificate.", "健康证记录编号。"))
    ] = None,
    valid_until: Annotated[
        str | None, typer.Option(help=tr("Its last day, 2027-08-14.", "健康证有效期至。"))
    ] = None,
) -> None:
    """Ask for the pseudonym and write the list; of last school year nothing is left in it."""
    with _told():
        year = people.school_year((datetime.now(UTC) + _CHINA).date())
        with MealtraceClient(url, token) as client:
            person = client.pseudonym(identity, school_year=year)
        known = _read(file, year)
        others = [one for one in known.members if one.person != person]
        codes = tuple(dict.fromkeys(code))
        entry = Member(codes, person, certificate, valid_until)
        # Read again as it will be read: what would be refused then is refused now.
        data = people.serialise(KnownPeople([*others, entry], year))
        people.parse(data)
        write(file, data)
        typer.echo(f"{person} {' '.join(codes)}")


def write(file: Path, data: bytes) -> None:
    """Replace the list, for its owner only."""
    beside = file.with_name(file.name + ".new")
    opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)


def _read(file: Path, year: int) -> KnownPeople:
    if not file.exists():
        return KnownPeople((), year)
    known = people.read(file)
    return known if known.year == year else KnownPeople((), year)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What is wrong, as one line."""
    try:
        yield
    except (LedgerError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


@app.callback()
def _all() -> None:
    """Several commands, though there is one so far."""


if __name__ == "__main__":
    app()

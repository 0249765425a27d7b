"""`mealtrace parties`: who takes part, and in which roles."""

from typing import Annotated

import typer

from api.cli.language import tr
from api.cli.opened import installation
from api.cli.show import Json, show_rows
from api.govern import admin_of, say
from api.installation import Installation
from ledger.evidence.roles import ROLES

app = typer.Typer(add_completion=False, no_args_is_help=True)

Party = Annotated[str, typer.Argument(help="school:2105020001")]
Roles = Annotated[list[str], typer.Argument(help=", ".join(sorted(ROLES)))]


@app.command(help=tr("Register a party under a name, in the open.", "以公开名称登记主体。"))
def register(
    party: Party,
    name: Annotated[
        str | None,
        typer.Option(
            help=tr(
                "Its name in the open log; none for sole traders.",
                "公开账本中的名称；个体工商户不填。",
            )
        ),
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(help=tr("Grant this role too.", "同时授予该角色。"))
    ] = None,
) -> None:
    """Register a party under a name, in the open."""
    with installation() as opened:
        admin = admin_of(opened)
        done = say(opened, "party-registration", {"party": party, "name": name}, issuer=admin)
        typer.echo(
            tr(
                f"{party} is registered in entry {done.index}",
                f"{party} 已登记，见第 {done.index} 条",
            )
        )
        for one in role or ():
            _grant(opened, party, one, granted=True)


@app.command(
    help=tr(
        "Grant roles; one that would put money and goods into one hand is refused.",
        "授予角色；使管钱与管物集于一手的授权会被拒绝。",
    )
)
def grant(party: Party, roles: Roles) -> None:
    """Grant roles; one that would put money and goods into one hand is refused."""
    with installation() as opened:
        for role in roles:
            _grant(opened, party, role, granted=True)


@app.command(
    help=tr(
        "Withdraw roles. For the wall a role once held counts for ever.",
        "撤销角色。就管钱管物分离而言，曾持有的角色永远计入。",
    )
)
def withdraw(party: Party, roles: Roles) -> None:
    """Withdraw roles. For the wall a role once held counts for ever."""
    with installation() as opened:
        for role in roles:
            _grant(opened, party, role, granted=False)


@app.command(
    help=tr(
        "Destroy what a pseudonym stands for: nobody can tell any more, here or from a backup.",
        "销毁假名与真实身份的对应关系：此后无法再查知，备份中亦然。",
    )
)
def forget(
    subject: Annotated[
        str,
        typer.Argument(
            help=tr("The pseudonym: person:… or account:…", "假名：person:… 或 account:…")
        ),
    ],
) -> None:
    """Destroy what a pseudonym stands for: nobody can tell any more, here or from a backup."""
    with installation() as opened:
        opened.store.journal.forget_pseudonym(subject.partition(":")[2])
    typer.echo(tr(f"what {subject} stands for is destroyed", f"{subject} 的对应关系已销毁"))


@app.command(
    "list", help=tr("List parties with their names and roles.", "列出主体及其名称与角色。")
)
def list_(json: Json = False) -> None:
    """List parties with their names and roles."""
    with installation() as opened:
        registry = opened.store.registry()
        rows = [
            {
                "party": party,
                "name": name,
                "roles": " ".join(sorted(registry.roles(party))),
                "keys": len(registry.standing.keys_of.get(party, ())),
            }
            for party, name in sorted(registry.parties().items())
        ]
    show_rows(
        rows,
        as_json=json,
        labels={
            "party": tr("party", "主体"),
            "name": tr("name", "名称"),
            "roles": tr("roles", "角色"),
            "keys": tr("keys", "密钥数"),
        },
    )


def _grant(opened: Installation, party: str, role: str, *, granted: bool) -> None:
    payload = {"party": party, "role": role, "granted": granted}
    done = say(opened, "role-grant", payload, issuer=admin_of(opened))
    typer.echo(
        tr(
            f"{party} {'holds' if granted else 'no longer holds'} {role}, entry {done.index}",
            f"{party} {'获授' if granted else '不再担任'} {role}，见第 {done.index} 条",
        )
    )

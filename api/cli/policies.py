"""`mealtrace policies`: the thresholds and deadlines that oversight goes by, as records of the log."""

import json as json_module
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.language import tr
from api.cli.opened import installation
from api.cli.show import Json, print_json, show_rows
from api.policies import Posted, put_defaults_in_force, put_in_force, standing
from ledger.errors import MalformedError, NotFoundError
from ledger.oversight.families import FAMILIES

app = typer.Typer(add_completion=False, no_args_is_help=True)

Name = Annotated[str, typer.Argument(help=tr("A rule family.", "规则类别。"))]


@app.command(
    "list",
    help=tr(
        "List rule families with the version of their policy in force; 0: none, nothing is found.",
        "列出各规则类别及生效的规则版本；0 表示未发布规则，不产生结论。",
    ),
)
def list_(json: Json = False) -> None:
    """List rule families with the version of their policy in force; 0: none, nothing is found."""
    with installation() as opened:
        newest = standing(opened)
    rows = [
        {"name": family.name, "version": newest.get(family.name, {"version": 0})["version"]}
        for family in FAMILIES
    ]
    show_rows(
        rows,
        as_json=json,
        labels={"name": tr("rules", "规则"), "version": tr("version", "版本")},
    )


@app.command(
    help=tr(
        "Print a family's rules: those in force, else the built-in ones. Edit, and post them.",
        "输出某类规则：生效的规则，没有则为内置规则；可修改后发布。",
    )
)
def show(name: Name) -> None:
    """Print a family's rules: those in force, else the built-in ones. Edit, and post them."""
    built_in = _defaults(name)
    with installation() as opened:
        payload = standing(opened).get(name, {"rules": {}})
    print_json({**built_in, **payload["rules"]})


@app.command(
    help=tr(
        "Put a family's rules in force from the next entry on: a file of them, or the built-in ones.",
        "发布某类规则，自下一条记录起生效：规则文件，或内置规则。",
    )
)
def post(
    name: Annotated[
        str | None,
        typer.Argument(
            help=tr(
                "A rule family; none: all that have no policy yet.",
                "规则类别；省略则为所有尚未发布的类别。",
            )
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Argument(
            help=tr(
                "JSON object of the rules; none: built-in.", "规则的 JSON 对象；省略则用内置规则。"
            )
        ),
    ] = None,
) -> None:
    """Put a family's rules in force from the next entry on: a file of them, or the built-in ones."""
    with installation() as opened:
        if name is None:
            for posted in put_defaults_in_force(opened):
                _tell(posted)
        else:
            rules = _defaults(name) if file is None else _read(file)
            _tell(put_in_force(opened, name, rules))


def _tell(posted: Posted) -> None:
    typer.echo(
        tr(
            f"rules {posted.name}, version {posted.version}, are in force from entry "
            f"{posted.index} on",
            f"规则 {posted.name} 第 {posted.version} 版自第 {posted.index} 条起生效",
        )
    )


def _defaults(name: str) -> dict[str, Any]:
    for family in FAMILIES:
        if family.name == name:
            return dict(family.defaults)
    names = ", ".join(family.name for family in FAMILIES)
    raise NotFoundError(
        tr(f"there are no rules {name}: {names}", f"没有名为 {name} 的规则：{names}")
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        rules = json_module.loads(file.read_bytes())
    except ValueError as error:
        raise MalformedError(tr(f"{file} is not JSON: {error}", f"{file} 不是 JSON")) from error
    if not isinstance(rules, dict):
        raise MalformedError(tr(f"{file} is not an object of rules", f"{file} 不是规则对象"))
    return rules

"""`mealtrace`: one program, its commands imported one at a time.

Only the module of the command asked for is imported, so that `mealtrace verify` runs where no
server, database or chain library is installed. Exit codes: 0 ok or verified, 1 a check failed,
2 usage or unreadable input, 3 `log-only` or `unidentified` (API.md).
"""

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import typer
from typer.core import TyperGroup

from api.cli import exits
from api.cli.language import chinese, tr
from ledger.errors import (
    ConflictError,
    LedgerError,
    MalformedError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    VerificationError,
)

#: Command → module with its `app`, and what `--help` says of it.
COMMANDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "init": (
        "api.cli.init",
        "Found a log: keys, contract, genesis, first admin token.",
        "创建账本：密钥、合约、创世记录、首个管理令牌。",
    ),
    "migrate": (
        "api.cli.migrate",
        "Bring the database to this version.",
        "将数据库升级到当前版本。",
    ),
    "serve": ("api.cli.serve", "Run the service.", "运行服务。"),
    "worker": (
        "api.cli.worker",
        "Anchor checkpoints and record denials.",
        "锚定检查点并记录被拒绝的访问。",
    ),
    "demo": ("api.cli.demo", "Live through one school day.", "演示一个完整的供餐日。"),
    "verify": (
        "api.cli.verify",
        "Verify a bundle, a kept receipt, a trace or a saved history, alone and offline.",
        "独立、离线地验证证据包、留存的回执、溯源文件或保存的历史。",
    ),
    "audit": (
        "api.cli.audit",
        "Re-derive everything that must always hold.",
        "重新推导账本必须始终成立的全部性质。",
    ),
    "anchor": (
        "api.cli.anchor",
        "Anchor the log now, or list its anchors.",
        "立即锚定，或列出锚点。",
    ),
    "backup": (
        "api.cli.backup",
        "Back up the log while it runs.",
        "在线备份账本。",
    ),
    "restore": (
        "api.cli.restore",
        "Restore a backup into an empty installation.",
        "将备份恢复到空的安装中。",
    ),
    "successor": (
        "api.cli.successor",
        "Open a new log after one that was lost.",
        "在账本丢失后开立后继账本。",
    ),
    "parties": (
        "api.cli.parties",
        "Register parties, grant and withdraw roles.",
        "登记主体，授予和撤销角色。",
    ),
    "policies": (
        "api.cli.policies",
        "Show and post the rules that oversight goes by.",
        "查看和发布监督所依据的规则。",
    ),
    "keys": ("api.cli.keys", "Make, register and revoke keys.", "生成、登记和吊销密钥。"),
    "tokens": ("api.cli.tokens", "Make, list and revoke tokens.", "创建、列出和吊销令牌。"),
    "webhooks": (
        "api.cli.webhooks",
        "Tell receivers and group robots of warnings.",
        "将预警推送给接收程序和群机器人。",
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((word for word in given if not word.startswith("-")), None)
    try:
        code = _group(wanted).main(given, prog_name="mealtrace", standalone_mode=False)
    except KeyboardInterrupt:
        sys.exit(exits.INTERRUPTED)
    except typer.Abort:
        sys.exit(exits.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - whatever it is, an operator gets a sentence
        sys.exit(_explain(error))
    sys.exit(code if isinstance(code, int) else 0)


def _group(wanted: str | None) -> TyperGroup:
    app = typer.Typer(
        help=tr(
            "MealTrace: an evidence ledger for school meals.",
            "食迹：学校供餐的证据账本。",
        ),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for name, (_, english, chinese_text) in COMMANDS.items():
        app.command(name, help=tr(english, chinese_text))(_described_only)
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    if wanted is not None and wanted in COMMANDS:
        module = importlib.import_module(COMMANDS[wanted][0])
        group.commands[wanted] = typer.main.get_command(module.app)
    return group


def _described_only() -> None:
    """The place of a command in `--help`; the one asked for has its own module put there."""


def _explain(error: Exception) -> int:
    """Say what went wrong in one or two lines on stderr; the exit code.

    A trace is shown only where somebody sets MEALTRACE_TRACE: it explains nothing to an operator.
    """
    from api.cli import reasons  # noqa: PLC0415 - only where something went wrong

    show = getattr(error, "show", None)
    if callable(show):  # a usage error, which knows how to show itself, in English
        told = _usage_in_chinese(error) if chinese() else None
        if told is None:
            show()
        else:
            sys.stderr.write(f"mealtrace: {told}\n")
        return int(getattr(error, "exit_code", exits.USAGE))
    if os.environ.get("MEALTRACE_TRACE"):
        raise error
    code = exits.FAILED
    if isinstance(error, LedgerError):
        text = tr(str(error), _in_chinese(error))
        if isinstance(error, MalformedError):
            code = exits.USAGE
        if isinstance(error, UnavailableError) and "`mealtrace " not in text:
            text += tr(" (try again later)", "（请稍后重试）")
    elif isinstance(error, OSError):
        reason = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
        text = f"文件或系统调用失败：{reasons.of_system(error)}" if chinese() else reason
        code = exits.USAGE
    else:
        text = tr(
            f"internal error: {type(error).__name__}: {error}; "
            "MEALTRACE_TRACE=1 shows where, please report it",
            f"内部错误：{type(error).__name__}: {error}；设置 MEALTRACE_TRACE=1 可查看位置，请反馈",
        )
    sys.stderr.write(f"mealtrace: {text}\n")
    return code


def _usage_in_chinese(error: Exception) -> str | None:
    """What is wrong with the arguments; None where the help itself is what is shown."""
    from api.cli import reasons  # noqa: PLC0415 - only where something went wrong

    told = reasons.chinese(error.format_message()) if hasattr(error, "format_message") else None
    return told and f"{told}。用法请见 --help"


_KINDS_ZH: Final[Mapping[type[LedgerError], str]] = {
    MalformedError: "输入无法读取",
    VerificationError: "校验未通过",
    NotFoundError: "没有找到",
    ConflictError: "与现有状态冲突",
    UnavailableError: "暂不可用",
}


def _in_chinese(error: LedgerError) -> str:
    """The reason in Chinese; where it is told in English only, what kind of error it is before it."""
    text = str(error)
    if isinstance(error, RefusedError):
        return f"{error.code}：" + "；".join(fault.message_zh for fault in error.faults)
    if any("\u4e00" <= sign <= "\u9fff" for sign in text):
        return text
    from api.cli import reasons  # noqa: PLC0415 - only where something went wrong

    known = reasons.of(error)
    if known is not None:
        return known
    kind = next((told for cls, told in _KINDS_ZH.items() if isinstance(error, cls)), "出错")
    return f"{kind}：{text}"


if __name__ == "__main__":
    main()

"""What goes wrong is told to a Chinese reader in Chinese, wherever it was raised.

The errors below the command line are English (`ledger.errors`); every `raise` of them is walked
here, so that a new one without its Chinese is found by its text.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.cli import reasons
from ledger.errors import LedgerError, VerificationError

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")

#: Where errors are raised that a command can end with.
RAISING = (
    "api/*.py", "api/audit", "api/cli", "api/demo", "storage", "anchoring",
    "ledger/bundle.py", "ledger/jwk.py", "ledger/note.py", "ledger/policy.py", "ledger/subject.py",
    "ledger/strict_json.py", "ledger/timestamp.py", "ledger/checkpoint.py",
    "ledger/trace/document.py", "ledger/verification/history.py",
    "ledger/verification/history_pages.py", "ledger/verification/receipt.py",
)  # fmt: skip
#: What only a caller in the program can bring about, or only an HTTP request.
NOT_TOLD = {"ValueError", "KeyError", "RpcError", "ProblemError", "RefusedError", "_StoppedError"}
ONLY_SERVED = {"api/access.py", "api/auth.py", "api/batcher.py", "api/body.py", "api/limits.py"}
#: Placeholders that stand for words rather than values.
WORDS = {"what": "was released", "twice": "7"}


def files() -> Iterator[Path]:
    for pattern in RAISING:
        path = ROOT / pattern
        yield from sorted(path.rglob("*.py") if path.is_dir() else ROOT.glob(pattern))


def raised() -> Iterator[tuple[str, str]]:
    """Place and sample text of every error that is raised with a sentence of its own."""
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        if name in ONLY_SERVED:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            made = node.func.id if isinstance(node.func, ast.Name) else ""
            if made.endswith("Error") and made not in NOT_TOLD:
                text = sample(node.args[0])
                if text is not None:
                    yield f"{name}:{node.lineno}", text


def sample(node: ast.expr) -> str | None:
    """The sentence with a value in each place; None of what is no sentence here."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            name = part.value.id if isinstance(part.value, ast.Name) else ""
            parts.append(WORDS.get(name, "7"))
    text = "".join(parts)
    return text if re.search("[a-z]{2}", text) else None


@pytest.mark.parametrize(("place", "text"), [pytest.param(*one, id=one[0]) for one in raised()])
def test_every_error_that_a_command_can_end_with_has_its_chinese(place: str, text: str) -> None:
    told = reasons.chinese(text)

    assert told is not None, f"{place}: write {text!r} in Chinese in api/cli/reasons.py"
    assert CHINESE.search(told)
    assert not ENGLISH.search(told), told


def test_the_walk_finds_the_errors() -> None:
    assert len(list(raised())) > 150


def test_a_reason_within_a_reason_and_what_differs_are_told() -> None:
    nested = LedgerError("/x/authorities must hold a JSON array of {party, jwk}: no array")
    differing = VerificationError(
        "blob 7 of the backup was altered", expected="none", found="7 bytes"
    )

    assert reasons.of(nested) == "/x/authorities 应为由 {party, jwk} 组成的 JSON 数组：不是数组"
    assert reasons.of(differing) == "备份中的附件 7 已被改动：应为 无，实为 7 字节"
    assert reasons.of(LedgerError("odd")) is None


Done = subprocess.CompletedProcess[str]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("parties", "register", "nonsense"), "应写作"),
        (("parties", "grant", "school:2105020001", "nonsense"), "角色"),
        (("parties", "forget", "person:nobody"), "没有对应的人"),
        (("tokens", "revoke", "nobody"), "没有令牌"),
        (("restore", "{home}/none", "--wrapped-keys", "{home}/none"), "没有完成的备份"),
        (("backup", "{home}/b", "--wrapped-keys", "{home}/b/k"), "分开保存"),
        (("successor",), "没有给出旧账本的检查点"),
        (("successor", "--checkpoint", "{home}/none"), "没有这个文件或目录"),
        (("verify", "{home}/none"), "没有这个文件或目录"),
        (("verify", "{home}"), "是目录"),
        (("verify", "{home}/keys/log.key"), "不是严格的 JSON"),
        (("verify", "{home}/keys/log.key", "--policy", "{home}/keys/log.key"), "策略第 1 行"),
        (("verify",), "缺少参数"),
        (("verify", "x", "--nope"), "没有选项 --nope"),
        (("verify", "x", "--policy"), "--policy"),
        (("audit", "--jobs", "x"), "应为整数"),
        (("audit", "--jobs", "0"), "不小于 1"),
        (("parties", "nope"), "没有命令"),
        (("parties", "list", "more"), "多余的参数"),
    ],
)
@pytest.mark.usefixtures("founded")
def test_a_command_that_fails_says_so_in_chinese(
    mealtrace: Callable[..., Done], tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    home = str(tmp_path / "home")

    done = mealtrace(*(part.format(home=home) for part in arguments), LC_ALL="zh_CN.UTF-8")

    assert done.returncode in (1, 2)
    assert says in done.stderr, done.stderr
    assert not ENGLISH.search(done.stderr), done.stderr


def test_settings_that_cannot_be_are_named_in_chinese(mealtrace: Callable[..., Done]) -> None:
    done = mealtrace(
        "parties", "list", LC_ALL="zh_CN.UTF-8", MEALTRACE_PORT="x", MEALTRACE_CHAIN="nonsense"
    )

    assert done.returncode == 2
    assert "MEALTRACE_PORT：应为整数" in done.stderr
    assert "MEALTRACE_CHAIN：应为 " in done.stderr
    assert not ENGLISH.search(done.stderr), done.stderr

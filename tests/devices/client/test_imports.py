"""The client can be installed beside a scale: what it imports is `ledger`, httpx and Python."""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import devices.client
from devices.client import AsyncMealtraceClient, MealtraceClient

FOLDER = Path(devices.client.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield str(node.module)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_ledger_httpx_and_python_are_imported(file: Path) -> None:
    allowed = {"ledger", "httpx", *sys.stdlib_module_names}
    foreign = {
        name
        for name in imported(file)
        if name.split(".")[0] not in allowed and not name.startswith("devices.client")
    }

    assert not foreign


def test_only_the_shells_and_what_they_share_know_httpx() -> None:
    knowing = {file.name for file in FILES if "httpx" in imported(file)}

    assert knowing == {"client.py", "async_client.py", "transport.py"}


def test_both_clients_take_the_same_calls_with_the_same_arguments() -> None:
    def calls(client: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(member).parameters)
            for name, member in inspect.getmembers(client, inspect.isfunction)
            if not name.startswith("_") or name == "__init__"
        }

    assert calls(AsyncMealtraceClient) == calls(MealtraceClient)


def test_what_the_package_exports_exists() -> None:
    assert sorted(devices.client.__all__, key=str.lower) == sorted(
        set(devices.client.__all__), key=str.lower
    )
    assert all(hasattr(devices.client, name) for name in devices.client.__all__)

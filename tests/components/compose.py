"""docker-compose.yml without Docker: its own commands, environments and health checks, run natively.

What a container would see is translated: service names and ports into loopback ports, volumes into
folders, an image's entrypoint (read from the Dockerfile) into the program on this machine. Nothing
else is changed, so that a wrong name, path or option in the file fails here as it would there.
Where the machine allows mounts of one's own, what the file mounts read-only is read-only here too.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from components.process import ROOT, Process, find_program, free_port

COMPOSE_FILE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-+])(?P<other>[^}]*))?\}")


def read_compose(
    path: Path = COMPOSE_FILE, given: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The file with `<<` merged; of `given` variables `${NAME:-if-not}` and `${NAME:+if}`."""

    def value(match: re.Match[str]) -> str:
        own = (given or {}).get(match["name"], "")
        other = match["other"] or ""
        return (other if own else "") if match["how"] == "+" else own or other

    text = _VARIABLE.sub(value, path.read_text("utf-8"))
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return loaded


def read_targets(path: Path = DOCKERFILE) -> dict[str, list[tuple[str, str]]]:
    """Stage → its instructions, in order, continued lines joined."""
    stages: dict[str, list[tuple[str, str]]] = {}
    joined = re.sub(r"\\\n", " ", path.read_text("utf-8"))
    for line in joined.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            _, _, name = rest.partition(" AS ")
            instructions = stages.setdefault(name, [])
        if word and not word.startswith("#"):
            instructions.append((word, rest.strip()))
    return stages


class Stack:
    """The services of the file over one folder; `ports` are where they listen on this machine."""

    def __init__(self, folder: Path, given: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        file = read_compose(given=given)
        self.services: dict[str, dict[str, Any]] = file["services"]
        self.configs: dict[str, dict[str, str]] = file["configs"]
        self.targets = read_targets()
        self.ports = {"database:5432": 0, "objects:9000": free_port(), "chain:8545": free_port()}
        for volume in file["volumes"]:
            self.volume(volume).mkdir(mode=0o700, parents=True)
        self.home = folder / "home"
        (self.home / "data").mkdir(mode=0o700, parents=True)
        (self.home / "keys").symlink_to(self.volume("keys"))

    def volume(self, name: str) -> Path:
        """Where a named volume lies."""
        return self.folder / "volumes" / name

    def environment(self, service: str) -> dict[str, str]:
        """The image's and the service's own; a variable without value is the shell's."""
        found = {"HOME": str(self.folder / f"home-of-{service}"), "LC_ALL": "C.UTF-8"}
        target = self.services[service].get("build", {}).get("target", "")
        for word, rest in self.targets.get(target, ()):
            if word == "ENV":
                for pair in rest.split():
                    name, _, value = pair.partition("=")
                    found[name] = value
        found["PATH"] = os.environ["PATH"]
        for name, value in self.services[service].get("environment", {}).items():
            if value is not None:
                found[name] = self._here(service, value)
        if "MEALTRACE_HOME" in found:
            found["MEALTRACE_HOME"] = str(self.home)
        return found

    def command(self, service: str) -> list[str]:
        """Entrypoint and command, with programs, hosts and paths of this machine."""
        described = self.services[service]
        entrypoint: list[str] = described.get("entrypoint") or self._entrypoint(described)
        parts = [*entrypoint, *described["command"]]
        return [*_native(parts[0]), *(self._here(service, part) for part in parts[1:])]

    def health(self, service: str, port: int | None = None) -> int:
        """Run the service's health check once; its exit code."""
        form, program, *rest = self.services[service]["healthcheck"]["test"]
        assert form == "CMD", "without a shell"
        own = next(f":{inside.split(':')[1]}" for inside in self._listening(service))
        rest = [part.replace(own, f":{port or self._port(service)}") for part in rest]
        if program == "pg_isready":
            rest.append(f"--port={self._port(service)}")
        return subprocess.run(
            [*_native(program), *rest],
            env=self.environment(service),
            capture_output=True,
            timeout=30,
            check=False,
        ).returncode

    def run(self, service: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A one-shot service to its end, or a command of the program in a service's place."""
        command = self.command(service)
        if arguments:
            command = [*_native("mealtrace"), *arguments]
        done = subprocess.run(
            [*self.confined(service), *command],
            env=self.environment(service),
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{service} gave {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def start(self, service: str, extra: Mapping[str, str] | None = None) -> Process:
        """A service that stays; `extra` is what a second container would have of its own."""
        return Process(
            [*self.confined(service), *self.command(service)],
            log=self.folder / f"{service}.log",
            env={**self.environment(service), **(extra or {})},
            cwd=self.home,
        )

    def confined(self, service: str) -> list[str]:
        """What a command is run under: `read_only` is the home folder, `:ro` a volume's."""
        described = self.services[service]
        folders = [self.home] if described.get("read_only") else []
        for mount in described.get("volumes", ()):
            volume, _, *mode = mount.split(":")
            folders += [self.volume(volume)] if mode == ["ro"] else []
        if not folders or not mounts_allowed():
            return []
        mounts = "; ".join(
            f"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}"
            for folder in map(str, folders)
        )
        return ["unshare", "--mount", "sh", "-ec", f'{mounts}; exec "$@"', "sh"]

    def _entrypoint(self, described: Mapping[str, Any]) -> list[str]:
        lines = self.targets[described["build"]["target"]]
        return next(json.loads(rest) for word, rest in lines if word == "ENTRYPOINT")

    def _listening(self, service: str) -> list[str]:
        return [
            name
            for name in (*self.ports, "api:8000", "worker:9100")
            if name.startswith(f"{service}:")
        ]

    def _port(self, service: str) -> int:
        return next(port for name, port in self.ports.items() if name.startswith(f"{service}:"))

    def _here(self, service: str, text: str) -> str:
        for mount in self.services[service].get("volumes", ()):
            volume, target, *_ = mount.split(":")
            text = re.sub(
                rf"(?<![\w/]){re.escape(target)}(?![\w-])", str(self.volume(volume)), text
            )
        for config in self.services[service].get("configs", ()):
            text = text.replace(config["target"], self.configs[config["source"]]["file"])
        for inside, port in self.ports.items():
            text = text.replace(inside, f"127.0.0.1:{port}")
        for inside, port in self.ports.items():
            name, _, own = inside.partition(":")
            if name == service and text.endswith((f":{own}", f"--port={own}")):
                text = text.removesuffix(own) + str(port)
        return text.replace("0.0.0.0", "127.0.0.1")


@functools.cache
def mounts_allowed() -> bool:
    """Whether a process here may have mounts of its own: for root on Linux, mostly."""
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "--mount", "mount", "--bind", "/tmp", "/tmp"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _native(program: str) -> list[str]:
    match program:
        case "mealtrace":
            return [sys.executable, "-m", "api.cli.main"]
        case "python":
            return [sys.executable]
        case "pg_isready":
            from components.postgres import _binaries

            return [str(_binaries() / "bin" / program)]
        case "anvil":
            place = ROOT / "contracts" / "node_modules" / ".bin"
            return [str(find_program(program, "make tools", place))]
    return [str(find_program(program, "make tools"))]

"""Proofs in a stranger's hands: two bundles, verified by a process that knows files and a policy only."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from api.demo import cast
from api.demo.service import DemoService
from api.demo.stage import Stage
from devices.client import MealtraceClient, Receipt

_ENDINGS: Final = {"image/jpeg": "jpg", "video/mp4": "mp4"}


def shown(
    stage: Stage,
    service: DemoService,
    clients: Mapping[str, MealtraceClient],
    receipts: Mapping[str, Receipt],
    home: Path,
) -> bool:
    """Verify a weigh-in with all that is said of it, then the camera's alert with its files."""
    stage.act("A proof in a stranger's hands", "交到陌生人手里的证明")
    policy = home / "trust.policy"
    policy.write_bytes(httpx.get(f"{service.url}/v1/trust", timeout=10).content)
    weigh_in = _Proof(service, policy, "weigh-in", receipts["weigh-in 1"].id)
    weigh_in.fetch(clients[cast.AUDITOR], "net_g", "gross_g", "tare_g", "blobs")
    done = weigh_in.verify()
    for line in done.stdout.rstrip().splitlines():
        stage.console.print(f"   {line}", highlight=False, markup=False, soft_wrap=True)
    if not _held(stage, done):
        return False
    stage.done(
        "verified by a separate process that knows neither database nor settings",
        "由独立进程验证通过：它不接触数据库，也不读取任何配置",
        weigh_in.bundle.name,
    )
    alert = _Proof(service, policy, "alert", receipts["alert"].id)
    alert.fetch(clients[cast.AUDITOR], "alert_kind", "confirmed_at", "score_ppm", "blobs")
    files = alert.files(clients[cast.GATEWAY])
    if not _held(stage, alert.verify(files)):
        return False
    names = ", ".join(file.name for file in files)
    stage.done(
        f"so is the camera's alert, its files held against their digests in it: {names}",
        f"摄像头告警同样验证通过，随附文件与其中的摘要一致：{names}",
        alert.bundle.name,
    )
    return True


@dataclass(frozen=True, slots=True)
class _Proof:
    """A record's bundle and the files that it names, lying beside the policy."""

    service: DemoService
    policy: Path
    name: str
    record: str

    @property
    def bundle(self) -> Path:
        return self.policy.parent / f"{self.name}.mealtrace.json"

    def fetch(self, reader: MealtraceClient, *disclose: str) -> None:
        self.bundle.write_bytes(reader.bundle(self.record, disclose=disclose))

    def files(self, reader: MealtraceClient) -> list[Path]:
        """Pictures and films, as whoever posted them may read them."""
        record: dict[str, Any] = reader.record(self.record)
        found = []
        for number, blob in enumerate(record["payload"]["blobs"], start=1):
            name = f"{self.name}-{number}-{blob['role']}.{_ENDINGS[blob['media_type']]}"
            file = self.policy.parent / name
            file.write_bytes(reader.download(blob["sha256"]))
            found.append(file)
        return found

    def verify(self, files: Sequence[Path] = ()) -> subprocess.CompletedProcess[str]:
        """`mealtrace verify`, in a process of its own."""
        return self.service.run(
            "verify", str(self.bundle), "--policy", str(self.policy),
            "--rpc", f"{self.service.url}/v1/chain",
            *(part for file in files for part in ("--blob", str(file))),
        )  # fmt: skip


def _held(stage: Stage, done: subprocess.CompletedProcess[str]) -> bool:
    """Whether the verifier found it true; else says what it found."""
    if done.returncode == 0:
        return True
    what = f"{done.stdout}{done.stderr}".strip()
    stage.failed(
        f"the verifier gave {done.returncode}: {what}",
        f"验证程序返回 {done.returncode}：{what}",
    )
    return False

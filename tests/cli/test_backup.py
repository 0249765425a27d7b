"""Backup, restore and successor as an operator types them."""

import contextlib
import json
import shutil
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from components.s3 import S3Server
from sqlalchemy import text

from api.installation import sealing_keys
from api.settings import Settings
from ledger import checkpoint as checkpoints
from ledger import note
from storage import manifest
from storage.database import open_engine
from storage.sealing import Sealer

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]
SECRETS = ("log.key", "kek", "index", "anchor.key", "admin.token")


@pytest.fixture
def saved(mealtrace: Run, founded: Path, tmp_path: Path) -> dict[str, Any]:
    """A log of a few entries, anchored, and its backup: what the command said."""
    assert founded.exists()
    register(mealtrace, "school:2105020001")
    assert mealtrace("anchor").returncode == 0
    return back_up(mealtrace, tmp_path)


def register(mealtrace: Run, party: str, **environment: str) -> None:
    done = mealtrace("parties", "register", party, **environment)
    assert done.returncode == 0, done.stderr


def back_up(mealtrace: Run, tmp_path: Path) -> dict[str, Any]:
    done = mealtrace("backup", str(tmp_path / "b"), "--wrapped-keys", str(tmp_path / "k"), "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def restore(mealtrace: Run, tmp_path: Path, *more: str, home: str = "new", **env: str) -> Done:
    return mealtrace(
        "restore", str(tmp_path / "b"), "--wrapped-keys", str(tmp_path / "k"), *more,
        MEALTRACE_HOME=str(tmp_path / home), **env,
    )  # fmt: skip


def take_keys(tmp_path: Path, *names: str) -> None:
    """The keys an operator keeps elsewhere, on a new machine."""
    (tmp_path / "new" / "keys").mkdir(parents=True)
    for name in names:
        shutil.copy(tmp_path / "home" / "keys" / name, tmp_path / "new" / "keys" / name)


def test_a_lost_machine_is_restored_from_backup_and_keys(
    mealtrace: Run, saved: dict[str, Any], tmp_path: Path
) -> None:
    take_keys(tmp_path, *SECRETS)

    done = restore(mealtrace, tmp_path)

    assert done.returncode == 0, done.stderr
    assert f"{saved['size']} entries are restored" in done.stdout
    assert "no mark" in done.stdout
    new = str(tmp_path / "new")
    register(mealtrace, "bank:91210500MA10D3WN2E", MEALTRACE_HOME=new)
    assert mealtrace("anchor", MEALTRACE_HOME=new).returncode == 0
    assert mealtrace("audit", MEALTRACE_HOME=new).returncode == 0
    tokens = mealtrace("tokens", "list", "--json", MEALTRACE_HOME=new)
    assert "first admin token" in tokens.stdout


def test_a_backup_is_noted_where_its_age_is_watched(saved: dict[str, Any], founded: Path) -> None:
    engine = open_engine(f"sqlite:///{founded / 'data' / 'ledger.sqlite'}")
    with engine.connect() as connection:
        [noted] = connection.execute(text("SELECT detail FROM chores WHERE name = 'backup'"))
    engine.dispose()

    assert json.loads(noted.detail) == {"made_at": saved["made_at"], "size": saved["size"]}


def test_without_its_keys_nothing_is_restored(
    mealtrace: Run, saved: dict[str, Any], tmp_path: Path
) -> None:
    assert saved["size"]
    done = restore(mealtrace, tmp_path)

    assert done.returncode == 1
    assert "kek" in done.stderr


def test_a_restore_behind_what_was_released_goes_on_only_as_a_successor(
    mealtrace: Run, saved: dict[str, Any], tmp_path: Path
) -> None:
    register(mealtrace, "bank:91210500MA10D3WN2E")
    take_keys(tmp_path, *SECRETS, "released")

    done = restore(mealtrace, tmp_path)

    assert done.returncode == 1
    assert f"{saved['size']} entries are restored" in done.stderr
    assert "`mealtrace successor`" in done.stderr
    assert "mealtrace successor" in restore_in_chinese(mealtrace, tmp_path).stderr
    new = str(tmp_path / "new")
    for command in (("serve",), ("parties", "list"), ("anchor",)):
        refused = mealtrace(*command, MEALTRACE_HOME=new, MEALTRACE_PORT="0")
        assert refused.returncode == 1
        assert "`mealtrace successor`" in refused.stderr
        assert "try again" not in refused.stderr


def restore_in_chinese(mealtrace: Run, tmp_path: Path) -> Done:
    shutil.copytree(tmp_path / "new" / "keys", tmp_path / "zh" / "keys")
    return restore(mealtrace, tmp_path, home="zh", LANG="zh_CN.UTF-8")


def test_a_restore_behind_its_anchors_is_noticed_without_the_mark(
    mealtrace: Run, saved: dict[str, Any], tmp_path: Path, anvil: Any
) -> None:
    """On a chain of its own, which no backup takes back."""
    assert saved
    home, chain = str(tmp_path / "a"), {"MEALTRACE_CHAIN": "rpc", "MEALTRACE_RPC_URL": anvil.url}
    chain["MEALTRACE_CONFIRMATIONS"] = "1"
    shutil.rmtree(tmp_path / "b")
    assert mealtrace("init", MEALTRACE_HOME=home, **chain).returncode == 0
    done = mealtrace(
        "backup", str(tmp_path / "b"), "--wrapped-keys", str(tmp_path / "k"),
        MEALTRACE_HOME=home, **chain,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    register(mealtrace, "school:2105020001", MEALTRACE_HOME=home, **chain)
    assert mealtrace("anchor", MEALTRACE_HOME=home, **chain).returncode == 0
    (tmp_path / "new" / "keys").mkdir(parents=True)
    for name in SECRETS:
        shutil.copy(tmp_path / "a" / "keys" / name, tmp_path / "new" / "keys" / name)

    done = restore(mealtrace, tmp_path, **chain)

    assert done.returncode == 1
    assert "`mealtrace successor`" in done.stderr
    anvil.stop()
    refused = mealtrace("parties", "list", MEALTRACE_HOME=str(tmp_path / "new"), **chain)
    assert "size 2 was released" in refused.stderr


def test_a_restore_that_does_not_hold_is_never_opened(
    mealtrace: Run, saved: dict[str, Any], tmp_path: Path
) -> None:
    """Another row of a role's record, under a manifest that its own keys signed."""
    assert saved
    take_keys(tmp_path, *SECRETS)
    sealer = Sealer(sealing_keys(Settings(home=tmp_path / "home")))
    known = manifest.load(tmp_path / "b", sealer)
    facts = known.segments["checkpoints"][0]
    path = tmp_path / "b" / facts.name
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:1], *lines[2:]]) + "\n")
    data = path.read_bytes()
    from hashlib import sha256

    less = replace(facts, rows=facts.rows - 1, size=len(data), sha256=sha256(data).hexdigest())
    forged = {**known.segments, "checkpoints": (less,)}
    manifest.save(tmp_path / "b", replace(known, segments=forged), sealer)

    done = restore(mealtrace, tmp_path)
    held = done.returncode == 0

    lines[1] = lines[2].replace("[2,", "[1,")
    path.write_text("\n".join([*lines[:2], *lines[2:]]) + "\n")
    data = path.read_bytes()
    swapped = replace(facts, size=len(data), sha256=sha256(data).hexdigest())
    forged = {**known.segments, "checkpoints": (swapped,)}
    manifest.save(tmp_path / "b", replace(known, segments=forged), sealer)
    shutil.rmtree(tmp_path / "new" / "data")
    done = restore(mealtrace, tmp_path)

    assert held, "a checkpoint less is not a wrong one"
    assert done.returncode == 1
    assert "something does not hold" in done.stdout
    for command in (("serve",), ("parties", "list"), ("audit",)):
        refused = mealtrace(*command, MEALTRACE_HOME=str(tmp_path / "new"), MEALTRACE_PORT="0")
        assert refused.returncode == 1
        assert "not to be used" in refused.stderr
        assert "`mealtrace restore`" in refused.stderr


def test_wrapped_keys_of_last_month_are_restored_only_when_told(
    mealtrace: Run, saved: dict[str, Any], tmp_path: Path
) -> None:
    assert saved
    take_keys(tmp_path, *SECRETS)
    sealer = Sealer(sealing_keys(Settings(home=tmp_path / "home")))
    known = manifest.load(tmp_path / "b", sealer)
    manifest.save(tmp_path / "b", replace(known, made_at="2026-01-01T00:00:00.000Z"), sealer)

    refused = restore(mealtrace, tmp_path)
    assert refused.returncode == 1
    assert "days old" in refused.stderr
    assert not (tmp_path / "new" / "data").exists()

    assert restore(mealtrace, tmp_path, "--old-keys").returncode == 0


def succeed(mealtrace: Run, tmp_path: Path, *arguments: str, **environment: str) -> Done:
    more = {
        "MEALTRACE_HOME": str(tmp_path / "next"),
        "MEALTRACE_ORIGIN": "mealtrace.localhost/2",
        **environment,
    }
    return mealtrace("successor", *arguments, "--json", **more)


def policy_of(mealtrace: Run, tmp_path: Path) -> str:
    """The policy that the log printed when it was founded."""
    path = tmp_path / "policy"
    path.write_text(json.loads(mealtrace("init", "--json").stdout)["policy"])
    return str(path)


def test_a_successor_names_the_last_checkpoint_of_the_lost_log(
    mealtrace: Run, saved: dict[str, Any], tmp_path: Path
) -> None:
    policy = policy_of(mealtrace, tmp_path)
    register(mealtrace, "bank:91210500MA10D3WN2E")
    served = tmp_path / "newer"
    served.write_text(back_up(mealtrace, tmp_path)["checkpoint"])
    (tmp_path / "older").write_text(saved["checkpoint"])
    arguments = (
        "--policy", policy, "--checkpoint", str(tmp_path / "older"), "--checkpoint", str(served)
    )  # fmt: skip

    done = succeed(mealtrace, tmp_path, *arguments)

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["successor_of"] == f"mealtrace.localhost {saved['size'] + 1}"
    from contextlib import closing

    from api.installation import open_installation

    with closing(open_installation(Settings(home=tmp_path / "next"))) as opened:
        assert opened.genesis.successor_of == served.read_text()
        assert opened.genesis.origin == "mealtrace.localhost/2"
    assert json.loads(succeed(mealtrace, tmp_path, *arguments).stdout) == answer
    assert succeed(mealtrace, tmp_path, "--policy", policy, "--backup", str(tmp_path / "b"),
                   MEALTRACE_HOME=str(tmp_path / "home")).returncode == 1  # fmt: skip


def test_the_old_key_folder_signs_what_was_released_last_byte_for_byte(
    mealtrace: Run, saved: dict[str, Any], tmp_path: Path
) -> None:
    old_keys = str(tmp_path / "home" / "keys")
    (tmp_path / "next" / "keys").mkdir(parents=True)
    for name in ("kek", "index"):
        shutil.copy(tmp_path / "home" / "keys" / name, tmp_path / "next" / "keys" / name)

    done = succeed(mealtrace, tmp_path, "--old-keys", old_keys)

    assert done.returncode == 0, done.stderr
    from contextlib import closing

    from api.installation import open_installation

    with closing(open_installation(Settings(home=tmp_path / "next"))) as opened:
        assert opened.genesis.successor_of == saved["checkpoint"]


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("nothing", "--old-keys, --backup or --checkpoint"),
        ("no policy", "--policy"),
        ("same origin", "MEALTRACE_ORIGIN"),
        ("foreign", "no known key signed"),
        ("two roots", "fork"),
        ("used keys", "MEALTRACE_KEYS_DIR"),
    ],
)
def test_a_successor_of_what_is_not_proven_is_not_opened(
    mealtrace: Run, saved: dict[str, Any], tmp_path: Path, what: str, says: str
) -> None:
    policy = policy_of(mealtrace, tmp_path)
    file, fork = tmp_path / "checkpoint", tmp_path / "fork"
    file.write_text(saved["checkpoint"])
    known = checkpoints.parse(note.parse(saved["checkpoint"]).text)
    own = note.parse_skey((tmp_path / "home" / "keys" / "log.key").read_text().strip())
    strange = note.parse_skey(note.format_skey("mealtrace.localhost", bytes(32)))
    fork.write_text(checkpoints.sign(replace(known, root=bytes(32)), [own]))
    given: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
        "nothing": (("--policy", policy), {}),
        "no policy": (("--checkpoint", str(file)), {}),
        "same origin": (
            ("--policy", policy, "--checkpoint", str(file)),
            {"MEALTRACE_ORIGIN": "mealtrace.localhost"},
        ),
        "foreign": (("--policy", policy, "--checkpoint", str(tmp_path / "strange")), {}),
        "two roots": (
            ("--policy", policy, "--checkpoint", str(file), "--checkpoint", str(fork)), {}
        ),
        "used keys": (
            ("--policy", policy, "--checkpoint", str(file)),
            {"MEALTRACE_KEYS_DIR": str(tmp_path / "home" / "keys")},
        ),
    }  # fmt: skip
    (tmp_path / "strange").write_text(checkpoints.sign(known, [strange]))
    arguments, environment = given[what]

    done = succeed(mealtrace, tmp_path, *arguments, **environment)

    assert done.returncode == 1
    assert says in done.stderr
    assert not (tmp_path / "next" / "data" / "ledger.sqlite").exists()


@pytest.mark.parametrize("lost", ["log.key", "kek", "index"])
@pytest.mark.parametrize("data", ["there", "lost"])
@pytest.mark.usefixtures("founded")
def test_a_lost_key_is_named_and_never_drawn_anew(
    mealtrace: Run, tmp_path: Path, lost: str, data: str
) -> None:
    path = tmp_path / "home" / "keys" / lost
    path.unlink()
    if data == "lost":
        shutil.rmtree(tmp_path / "home" / "data")
    else:
        (tmp_path / "home" / "keys" / "released").unlink()

    for command in ("init", "serve"):
        done = mealtrace(command, MEALTRACE_PORT="0")
        assert done.returncode == 1
        assert f"there is no secret file {path}" in done.stderr
    assert not path.exists()


def test_a_full_disk_leaves_the_backup_before_and_says_what_to_do(
    mealtrace: Run, founded: Path, tmp_path: Path, small_disk: Path
) -> None:
    assert founded.exists()
    folders = (str(small_disk / "b"), "--wrapped-keys", str(tmp_path / "k"))
    assert mealtrace("backup", *folders).returncode == 0
    before = (small_disk / "b" / "backup.json").read_bytes()
    register(mealtrace, "school:2105020001")
    with contextlib.suppress(OSError), (small_disk / "filler").open("wb") as filler:
        while True:
            filler.write(bytes(1 << 16))
            filler.flush()

    done = mealtrace("backup", *folders)
    told = mealtrace("backup", *folders, LANG="zh_CN.UTF-8")

    assert (done.returncode, told.returncode) == (1, 1)
    assert f"no space is left for the backup in {small_disk / 'b'}" in done.stderr
    assert "磁盘已满" in told.stderr
    assert (small_disk / "b" / "backup.json").read_bytes() == before
    assert not list(small_disk.rglob("*.part"))
    (small_disk / "filler").unlink()
    assert mealtrace("backup", *folders).returncode == 0


def test_a_log_whose_mark_lay_in_a_bucket_is_succeeded_in_another(
    mealtrace: Run, tmp_path: Path, minio_server: S3Server
) -> None:
    old, new = tmp_path / "old", tmp_path / "next"
    for home in (old, new):
        (home / "keys").mkdir(parents=True, mode=0o700)
        (home / "keys" / "s3.secret").write_text(minio_server.secret_key)
    bucket = f"b-{uuid.uuid4().hex}"
    on_s3 = {
        "MEALTRACE_S3_ENDPOINT": minio_server.endpoint,
        "MEALTRACE_S3_ACCESS_KEY": minio_server.access_key,
        "MEALTRACE_S3_SECURE": "false",
    }
    lost = {**on_s3, "MEALTRACE_HOME": str(old), "MEALTRACE_S3_BUCKET": bucket}
    assert mealtrace("init", **lost).returncode == 0
    register(mealtrace, "school:2105020001", **lost)
    for name in ("kek", "index"):
        shutil.copy(old / "keys" / name, new / "keys" / name)
    shutil.rmtree(old / "data")
    following = {
        **on_s3,
        "MEALTRACE_HOME": str(new),
        "MEALTRACE_ORIGIN": "mealtrace.localhost/2",
        "MEALTRACE_S3_BUCKET": f"{bucket}-2",
    }
    keys = ("--old-keys", str(old / "keys"))

    refused = mealtrace("successor", *keys, **following)
    onto_itself = mealtrace(
        "successor", *keys, "--old-bucket", bucket, **{**following, "MEALTRACE_S3_BUCKET": bucket}
    )
    done = mealtrace("successor", *keys, "--old-bucket", bucket, "--json", **following)

    assert refused.returncode == 1
    assert "--old-bucket" in refused.stderr
    assert onto_itself.returncode == 1
    assert "a bucket of its own" in onto_itself.stderr
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["successor_of"] == "mealtrace.localhost 2"
    assert mealtrace("audit", **following).returncode == 0

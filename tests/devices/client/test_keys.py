import os
import subprocess
from pathlib import Path

import pytest

from devices.client.keys import SigningKey, UnsafeKeyError
from ledger import ed25519, jwk, jws
from ledger.canonical import serialise
from ledger.encoding import unb64url
from ledger.errors import ConflictError, LedgerError, MalformedError, NotFoundError

#: RFC 8037 appendix A.1, and the kid of appendix A.3.
_RFC_JWK = (
    b'{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",'
    b'"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'
)
_RFC_KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("name", ["scale.pem", "scale.jwk", "scale.key"])
def test_a_saved_key_is_the_same_when_loaded(tmp_path: Path, name: str) -> None:
    key = SigningKey.generate()
    key.save(tmp_path / name)

    assert SigningKey.load(tmp_path / name) == key
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_the_key_of_the_rfc_has_the_kid_of_the_rfc() -> None:
    assert SigningKey.from_jwk(_RFC_JWK).kid == _RFC_KID


def test_a_pem_file_by_openssl_is_read_and_ours_is_read_by_openssl(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", theirs], check=True)
    theirs.chmod(0o600)
    key = SigningKey.load(theirs)
    key.save(tmp_path / "ours.pem")
    shown = subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "ours.pem", "-pubout", "-outform", "DER"],
        check=True,
        capture_output=True,
    )

    assert shown.stdout[-32:] == key.public_key


def test_two_new_keys_differ() -> None:
    assert SigningKey.generate().kid != SigningKey.generate().kid


def test_a_key_shows_nothing_secret() -> None:
    key = SigningKey.from_jwk(_RFC_JWK)

    assert repr(key) == f"SigningKey(kid='{_RFC_KID}')"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o777])
def test_a_key_that_others_have_any_right_to_is_refused(tmp_path: Path, mode: int) -> None:
    SigningKey.generate().save(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(mode)

    with pytest.raises(UnsafeKeyError, match="only its owner"):
        SigningKey.load(tmp_path / "key.pem")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_of_another_user_is_refused(tmp_path: Path) -> None:
    SigningKey.generate().save(tmp_path / "key.pem")
    os.chown(tmp_path / "key.pem", 12345, 12345)

    with pytest.raises(UnsafeKeyError, match="another user"):
        SigningKey.load(tmp_path / "key.pem")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    first = SigningKey.generate()
    first.save(tmp_path / "key.pem")
    with pytest.raises(ConflictError):
        SigningKey.generate().save(tmp_path / "key.pem")

    assert SigningKey.load(tmp_path / "key.pem") == first


def test_a_program_that_dies_while_it_saves_leaves_no_half_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next start would find a file that is no key, and stop there for good."""

    class PowerError(BaseException):
        pass

    def cut(_: int) -> None:
        raise PowerError

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(PowerError):
        SigningKey.generate().save(tmp_path / "key.pem")
    monkeypatch.undo()

    assert not (tmp_path / "key.pem").exists()
    SigningKey.generate().save(tmp_path / "key.pem")
    assert [file.name for file in tmp_path.iterdir()] == ["key.pem"]
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600


def test_a_missing_key_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no key file"):
        SigningKey.load(tmp_path / "key.pem")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"x" * 5000,
        b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        b"{}",
        b'{"crv":"Ed25519","d":7,"kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
        _RFC_JWK.replace(b"Ed25519", b"X25519"),
        _RFC_JWK.replace(b"nWGx", b"nWGy"),
        _RFC_JWK.replace(b'"kty"', b'"use":"sig","kty"'),
    ],
)
def test_a_file_that_holds_no_such_key_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_bytes(data)

    with pytest.raises(MalformedError):
        SigningKey.load(file)


def test_what_a_key_signs_verifies_under_its_jwk() -> None:
    key = SigningKey.generate()

    jws.verify(key.sign(b"{}"), b"{}", jwk.parse(key.public_jwk))


def test_possession_is_signed_for_one_log_and_one_party() -> None:
    key = SigningKey.generate()
    party = "gateway:g-1"
    message = serialise(["mealtrace/possession@v1", "07" * 32, party, key.public_jwk])

    ed25519.verify(key.public_key, unb64url(key.possession(b"\x07" * 32, party)), message)


def test_everything_this_file_raises_is_one_family() -> None:
    assert issubclass(UnsafeKeyError, LedgerError)

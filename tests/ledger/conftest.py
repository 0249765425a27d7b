"""Where the ledger's tests find vectors: ours in the repository, those of others beside it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

# The transcription of the RFC beside this file is imported by its name.
sys.path.append(str(HERE))

# A shared machine stalls now and then: what counts is the answer.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Our own conformance vectors."""
    return REPOSITORY / "tests" / "vectors"


@pytest.fixture(scope="session")
def shared_vectors() -> Callable[[str], Path]:
    """Finds a folder of vectors by others, which are read where they lie and never copied.

    They are looked for in MEALTRACE_SHARED_VECTORS, then in `../shared/vectors` of the repository.
    """
    place = os.environ.get("MEALTRACE_SHARED_VECTORS")
    root = Path(place) if place else REPOSITORY.parent / "shared" / "vectors"

    def find(name: str) -> Path:
        folder = root / name
        if not folder.is_dir():
            message = f"no vectors in {folder}: set MEALTRACE_SHARED_VECTORS to the folder above it"
            if os.environ.get("CI") == "true":
                pytest.fail(message)
            pytest.skip(message)
        return folder

    return find

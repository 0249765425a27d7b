"""Proofs and roots out of tiles: few reads, and at most one tile hashed per node.

Whoever asks often keeps a `TileCache` and passes it each time: hashing a tile is the expensive
part, and proofs near each other, or of one size, share tiles.
"""

from ledger.tile import HashReader


class TileCache:
    """The tiles hashed last, least recently used first out; may be shared by threads.

    About 16 KiB for each full tile.
    """

    def __init__(self, capacity: int = 128) -> None:
        raise NotImplementedError


def inclusion_proof(
    index: int, size: int, reader: HashReader, cache: TileCache | None = None
) -> list[bytes]:
    """The inclusion proof of leaf `index` in the tree of `size`.

    Raises:
        VerificationError: unless 0 <= index < size.
    """
    raise NotImplementedError


def consistency_proof(
    old_size: int, new_size: int, reader: HashReader, cache: TileCache | None = None
) -> list[bytes]:
    """The consistency proof between two sizes.

    Raises:
        VerificationError: unless 0 < old_size <= new_size.
    """
    raise NotImplementedError


def tree_root_at(size: int, reader: HashReader, cache: TileCache | None = None) -> bytes:
    """The root of the tree of `size`."""
    raise NotImplementedError

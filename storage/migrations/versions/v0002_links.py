"""Links, found backwards: who names this record or subject?"""

import sqlalchemy as sa
from alembic import op

from ledger import entry as entries

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PART = 1_000
PAPERS = ("certificate", "admission")


def upgrade() -> None:
    """Go to this version: the links of the entries that are there are read off their bytes."""
    op.create_table(
        "links",
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("index", BIG, autoincrement=False, nullable=False),
        sa.Column("rel", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("target", "index", "rel"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    links = sa.table(
        "links", sa.column("target"), sa.column("index", BIG), sa.column("rel")
    ).insert()
    stored = sa.table("entries", sa.column("index", BIG), sa.column("data", sa.LargeBinary()))
    start = 0
    while part := connection.execute(
        sa.select(stored.c.index.label("place"), stored.c.data)
        .where(stored.c.index >= start)
        .order_by(stored.c.index)
        .limit(PART)
    ).all():
        rows = [row for place, data in part for row in _links(place, bytes(data))]
        if rows:
            connection.execute(links, rows)
        start = part[-1].place + 1


def _links(index: int, data: bytes) -> list[dict[str, object]]:
    statement = entries.parse(data).statement
    named = {(link.id or link.subject, link.rel) for link in statement.links}
    if statement.type in PAPERS:
        named.update((name, "paper") for name in statement.subjects if name[:9] == "supplier:")
    return [{"target": target, "index": index, "rel": rel} for target, rel in sorted(named)]

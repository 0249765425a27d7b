"""Erased, locked and damaged files, how far chores have come, and refusals sealed.

Refusals kept so far go: they stood in the clear, live 30 days at most, and no key is at hand here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this version."""
    op.add_column("uploads", sa.Column("erased_at", sa.String(), nullable=True))
    op.add_column(
        "uploads", sa.Column("locked_until", sa.String(), nullable=False, server_default="")
    )
    op.execute(
        "UPDATE uploads SET erased_at = created_at WHERE NOT EXISTS "
        "(SELECT 1 FROM wrapped_keys WHERE owner = 'u:' || uploads.id)"
    )
    for name, column, condition in (
        ("uploads_unnamed", "created_at", "NOT named"),
        ("uploads_lock", "locked_until", "named AND erased_at IS NULL"),
        ("uploads_erased", "locked_until", "erased_at IS NOT NULL"),
    ):
        op.create_index(
            name,
            "uploads",
            [column],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
    op.create_table(
        "blob_damages",
        sa.Column("upload", sa.String(), nullable=False),
        sa.Column("found_at", sa.String(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("upload"),
    )
    op.create_table(
        "chores",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.drop_table("refusals")
    op.create_table(
        "refusals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("refused_at", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_refusals_party"), "refusals", ["party"], unique=False)
    op.create_index(op.f("ix_refusals_record_id"), "refusals", ["record_id"], unique=False)
    op.create_index(op.f("ix_refusals_refused_at"), "refusals", ["refused_at"], unique=False)

"""Which blobs an entry names is found by its index: erasures and audits ask that way."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_index("ix_blob_uses_index", "blob_uses", ["index"])

"""Editions of targets and reported values; what stood in the tables is their first."""

import sqlalchemy as sa
from alembic import op

from geodata import entries

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make both tables anew, with the edition in which a row was written, and keep their rows."""
    connection = op.get_bind()
    targets = connection.execute(sa.text("SELECT * FROM target")).mappings().all()
    reported = connection.execute(sa.text("SELECT * FROM reported ORDER BY id")).mappings().all()
    op.drop_table("target")
    op.drop_table("reported")
    op.create_table(
        "entry_edition",
        sa.Column("table", sa.String(16), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("illustrative", sa.Boolean, nullable=False),
    )
    op.create_table(
        "target",
        sa.Column("indicator", sa.String(128), primary_key=True),
        sa.Column("due_on", sa.Date, primary_key=True),
        sa.Column("edition", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", sa.Float),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("illustrative", sa.Boolean, nullable=False),
    )
    op.create_table(
        "reported",
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("as_of", sa.Date, primary_key=True),
        sa.Column("edition", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", sa.Float),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("illustrative", sa.Boolean, nullable=False),
    )
    entries.keep_as_first_edition(connection, "targets", targets)
    entries.keep_as_first_edition(connection, "reported", reported)

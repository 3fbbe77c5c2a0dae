"""PostGIS in the database, where the catalogue is PostgreSQL."""

from alembic import op
from sqlalchemy.exc import SQLAlchemyError

from geodata.errors import StoreError
from geodata.i18n import text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the extension by which layers become tables; SQLite has none."""
    if op.get_bind().dialect.name != "postgresql":
        return
    try:
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    except SQLAlchemyError as error:
        raise StoreError(
            text(
                "The database has no PostGIS, and it could not be added. Ask its administrator to install PostGIS and"
                " to run `CREATE EXTENSION postgis` in it, then start again."
            )
        ) from error

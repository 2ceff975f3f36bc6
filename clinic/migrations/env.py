"""Run by alembic, always with a connection that `clinic.schema` opened."""

from alembic import context
from sqlalchemy.types import TypeDecorator


def render_item(kind, item, _):
    """Migrations name the database's own types: they must not import code that changes."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()

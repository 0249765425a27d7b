"""`mealtrace migrate`: bring the database to this version, under a lock.

What acts are checked against is derived from the log again, so this also mends it.
"""

from contextlib import closing

import typer

from api.cli.language import tr
from api.cli.opened import settings
from api.installation import open_store
from storage.migrate import migrate as migrate_database

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Change the database's shape to this version's; processes that call it at once take turns.",
        "将数据库结构升级到本版本；同时调用的进程依次执行。",
    )
)
def migrate() -> None:
    """Change the database's shape to this version's; processes that call it at once take turns."""
    store, _ = open_store(settings(), signers=())
    with closing(store):
        migrate_database(store.engine)
        store.rebuild_acts()
    typer.echo(tr("the database is at this version", "数据库已是当前版本"))

"""The staging tables: documents that are due, read, parsed and loaded. How, belongs to yusuan.intake and the rooms it calls."""

from collections.abc import Iterator

import dagster as dg

from yusuan.assets.samples import markdown
from yusuan.intake import due, take_in
from yusuan.progress import Progress
from yusuan.resources import POOL
from yusuan.settings import Settings
from yusuan.warehouse import load
from yusuan.warehouse.schema import OUTCOMES, PARSED, REGISTER, SCHEMA

FILLED = (*PARSED, OUTCOMES)


@dg.multi_asset(
    name="staging",
    specs=[
        dg.AssetSpec(
            [SCHEMA, table.name], deps=[[SCHEMA, REGISTER.name]], group_name="staging", description=table.grain, kinds={"polars", "duckdb"}
        )
        for table in FILLED
    ],
    pool=POOL,
)
def staging(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
    home_lock: dg.ResourceParam[object],
) -> Iterator[dg.MaterializeResult]:
    with load.working(settings) as connection:
        found = due(settings, connection, progress)
        with progress.stage("documents", len(found)):
            intake = take_in(settings, connection, found, progress, context.run.run_id)
        for table in FILLED:
            rows = connection.table(table.qualified).shape[0]
            yield dg.MaterializeResult(
                asset_key=[SCHEMA, table.name],
                metadata={
                    "dagster/row_count": rows,
                    "rows_written": intake.rows.get(table.name, 0),
                    "documents_taken_in": intake.documents,
                    "quarantined": dg.MetadataValue.json(intake.quarantined),
                    "sample": markdown(connection.sql(f"select * from {table.qualified} limit 5")),
                    "dagster/column_schema": dg.TableSchema(
                        columns=[dg.TableColumn(column.name, column.type, column.description) for column in table.columns]
                    ),
                },
            )

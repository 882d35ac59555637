"""Small staging databases for tests of the models and the checks: a unit, its department, and what a test changes in them.

The tables are those that parsing writes; how real text becomes such rows is tested with the parser, not here.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from yusuan.warehouse.schema import ALL, ensure

Row = dict[str, Any]
WAN = Decimal(10_000)


def key(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]


@dataclass
class Staging:
    """Rows by table; `write` makes the database."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {table.name: [] for table in ALL})

    def document(self, document_id: str, *, status: str = "landed", **labels: Any) -> None:
        self.rows["register"].append(
            {
                "document_id": document_id,
                "file_name": f"{document_id}.txt",
                "relative_path": f"{document_id}.txt",
                "media_type": "text/plain",
                "bytes": 1,
                "encoding": "utf-8",
                "landed_at": "2023-02-01 00:00:00",
                "status": status,
            }
        )
        self.rows["documents"].append(
            {
                "document_id": document_id,
                "disclosure_id": f"disclosure of {document_id}",
                "fiscal_year": 2023,
                "division_code": "410800",
                "division_name": "焦作市",
                "province_name": "河南省",
                **labels,
            }
        )

    def table(self, document_id: str, table_number: int, statement: str, title: str, *, damage_count: int = 0) -> None:
        self.rows["tables"].append(
            {
                "document_id": document_id,
                "table_number": table_number,
                "statement": statement,
                "title": title,
                "unit": "万元",
                "is_empty": False,
                "header_lost": False,
                "damage_count": damage_count,
            }
        )

    def amount(self, document_id: str, table_number: int, row_number: int, printed: str, **labels: Any) -> str:
        """One amount in 万元; what a test does not name is a leaf of an expenditure summary by function."""
        statement = next(
            t["statement"] for t in self.rows["tables"] if (t["document_id"], t["table_number"]) == (document_id, table_number)
        )
        amount_id = key(document_id, table_number, row_number, labels.get("column_number", 5))
        decimals = len(printed.partition(".")[2])
        self.rows["amounts"].append(
            {
                "amount_id": amount_id,
                "document_id": document_id,
                "table_number": table_number,
                "row_number": row_number,
                "column_number": 5,
                "line": 100 * table_number + row_number,
                "statement": statement,
                "side": "expenditure",
                "row_kind": "detail",
                "measure": "total",
                "fund_source": "all",
                "period": "this_year",
                "breakdown": "function",
                "occurrence": 1,
                "is_leaf": True,
                "amount_yuan": Decimal(printed) * WAN,
                "quantum_yuan": WAN / 10**decimals,
                "amount_printed": printed,
                "unit_printed": "万元",
                "decimals_printed": decimals,
                **labels,
            }
        )
        return amount_id

    def identity(self, check_id: str, first: str, others: Iterable[str], *, subject: str, other_statement: str | None = None) -> str:
        """An instance over amounts that are already there, judged as parsing judges: rule 3 of the design."""
        by_id = {row["amount_id"]: row for row in self.rows["amounts"]}
        head, parts = by_id[first], [by_id[other] for other in others]
        compares = check_id.startswith(("same_figure", "revenue_expenditure"))
        residual = sum((part["amount_yuan"] for part in parts), Decimal(0)) - head["amount_yuan"]
        quanta = [row["quantum_yuan"] for row in (head, *parts)]
        tolerance = max(quanta) if compares else sum(quanta, Decimal(0)) / 2
        identity_id = key(check_id, first, subject)
        self.rows["identities"].append(
            {
                "identity_id": identity_id,
                "document_id": head["document_id"],
                "check_id": check_id,
                "family": check_id.partition(".")[0],
                "table_number": head["table_number"],
                "statement": head["statement"],
                "other_statement": other_statement,
                "subject": subject,
                "expected_yuan": head["amount_yuan"],
                "actual_yuan": head["amount_yuan"] + residual,
                "residual_yuan": residual,
                "tolerance_yuan": tolerance,
                "verdict": "holds" if residual == 0 else "rounding" if abs(residual) <= tolerance else "contradicted",
                "term_count": 1 + len(parts),
                "places": "、".join(f"行{row['line']}" for row in (head, *parts)),
            }
        )
        roles = ["first" if compares else "total"] + ["second" if compares else "part"] * len(parts)
        for role, row in zip(roles, (head, *parts), strict=True):
            self.rows["identity_terms"].append(
                {
                    "identity_id": identity_id,
                    "document_id": row["document_id"],
                    "amount_id": row["amount_id"],
                    "role": role,
                    "line": row["line"],
                    "amount_yuan": row["amount_yuan"],
                    "label": row.get("line_item"),
                }
            )
        return identity_id

    def notice(self, document_id: str, kind: str, **labels: Any) -> None:
        self.rows["notices"].append({"document_id": document_id, "notice_id": key(document_id, kind, labels), "kind": kind, **labels})

    def write(self, path: Path) -> Path:
        """Replaces the staging tables of the database at `path` and leaves its other schemas alone."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(path)) as con:
            ensure(con)
            for table, rows in self.rows.items():
                con.execute(f"delete from staging.{table}")
                for row in rows:
                    con.execute(f"insert into staging.{table} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))
        return path


def unit_and_department() -> Staging:
    """A department of 100.00 whose unit (spelled with other brackets there) publishes its 14.43 too; everything holds."""
    staging = Staging()
    staging.document(
        "unit",
        document_kind="unit_budget",
        document_title="电子政务管理中心（云计算中心）2023年度单位预算",
        publisher_name="电子政务管理中心（云计算中心）",
        publisher_code="122201",
    )
    staging.table("unit", 1, "expenditure_summary", "2023年单位支出预算表")
    total = staging.amount("unit", 1, 1, "14.43", row_kind="total", is_leaf=False, line_item="合计")
    parts = [
        staging.amount("unit", 1, 2, "10.33", classification_code="2010301", classification_name="行政运行", line_item="行政运行"),
        staging.amount("unit", 1, 3, "4.11", classification_code="2080505", classification_name="养老保险缴费", line_item="养老保险缴费"),
    ]
    staging.identity("column_sum.total", total, parts, subject="合计")

    staging.document(
        "department",
        document_kind="department_budget",
        document_title="政务服务和大数据管理局2023年度部门预算",
        publisher_name="政务服务和大数据管理局",
        publisher_code="122",
    )
    staging.table("department", 1, "expenditure_summary", "2023年部门支出预算表")
    total = staging.amount("department", 1, 1, "100.00", row_kind="total", is_leaf=False, line_item="合计")
    running = {"classification_code": "2010301", "classification_name": "行政运行", "line_item": "行政运行"}
    office = {"agency_code": "122101", "agency_name": "政务服务和大数据管理局", "agency_source": "row"}
    center = {"agency_code": "122201", "agency_name": "电子政务管理中心(云计算中心)", "agency_source": "row"}
    parts = [
        staging.amount("department", 1, 2, "85.57", **running, **office),
        staging.amount("department", 1, 3, "14.43", line_item="电子政务管理中心(云计算中心)", **center),
    ]
    staging.identity("column_sum.total", total, parts, subject="合计")
    staging.table("department", 2, "project_expenditure", "2023年项目支出预算表")
    project = staging.amount(
        "department",
        2,
        1,
        "2.00",
        breakdown="project",
        fund_source="general_public",
        project_name="网站 维护",
        project_category="其他运转类",
        **center,
    )
    staging.identity("row_sum.fund", project, [project], subject="网站维护")
    return staging

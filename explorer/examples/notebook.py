"""A first notebook: questions to the published snapshot, answered with DuckDB and Altair.

    marimo edit explorer/examples/notebook.py        to change it
    python explorer/examples/notebook.py             to run it through

YUSUAN_HOME names the warehouse (default: warehouse).
"""

import marimo

app = marimo.App(width="medium", app_title="预算数据入门")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    from yusuan.settings import Settings
    from yusuan.warehouse.query import select, snapshot

    connection = snapshot(Settings.load())
    return alt, connection, mo, select


@app.cell
def _(mo):
    mo.md("""
    # 预算数据入门

    `marts.budget_amounts` 一行是一个印出的金额，**不要直接相加**；
    相加请用 `marts.budget_amounts_additive`，跨文件相加请用 `marts.budget_amounts_consolidated`。
    """)
    return


@app.cell
def _(connection, select):
    spending = select(
        connection,
        """
        select publisher_name, fiscal_year, (sum(amount_yuan) / 10000)::double as amount_wan
        from marts.budget_amounts_consolidated
        where statement = 'expenditure_summary' and breakdown = 'function' and measure = 'total' and period = 'this_year'
        group by all
        order by amount_wan desc
        """,
    ).pl()
    spending
    return (spending,)


@app.cell
def _(alt, spending):
    alt.Chart(spending).mark_bar().encode(
        x=alt.X("amount_wan:Q", title="支出合计（万元）"),
        y=alt.Y("publisher_name:N", title=None, sort="-x", axis=alt.Axis(labelLimit=320)),
        color=alt.Color("fiscal_year:N", title="年度"),
    )
    return


@app.cell
def _(connection, select):
    # 同一个数在多少个勾稽关系中得到验证？
    proof = select(
        connection,
        """
        select amounts.publisher_name, amounts.proof, count(*) as amounts
        from marts.budget_amounts as amounts
        group by all
        order by all
        """,
    ).pl()
    proof
    return (proof,)


if __name__ == "__main__":
    app.run()

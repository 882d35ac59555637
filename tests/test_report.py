"""`yusuan report`: a page that loads nothing, and the form of the finance bureaus with every finding in its row."""

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from founding import HEAD, RAW
from yusuan.cli import main
from yusuan.inspection import inspected
from yusuan.reporting import evidence, page
from yusuan.reporting.checklist import NO, NOT_APPLICABLE, YES, Form, forms
from yusuan.settings import Settings
from yusuan.summary import Summary
from yusuan.warehouse.query import snapshot

LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "manifest", "xlink:href"}


class Loads(HTMLParser):
    """Everything in a page that a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, value or "") for name, value in attrs if name in LOADING or (name == "href" and tag != "a")]
        if tag in ("script", "iframe", "object", "embed", "link"):
            self.found.append((tag, ""))


@pytest.fixture(scope="module")
def everything(published: tuple[Settings, Summary]) -> Iterator[tuple[list[evidence.Document], list[Form]]]:
    """The evidence of all founding disclosures, and their forms."""
    with snapshot(published[0]) as connection:
        documents = evidence.documents(connection, evidence.chosen(connection, None))
        yield documents, forms(connection, documents)


def report(monkeypatch: pytest.MonkeyPatch, settings: Settings, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["yusuan", "report", "--home", str(settings.home), *arguments])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert not exit_.value.code


def form_of(everything: tuple[list[evidence.Document], list[Form]], name: str) -> dict[str, tuple[str, str]]:
    form = next(form for form in everything[1] if form.files[0].startswith(name))
    return {row.item: (row.verdict, row.text) for row in [form.timeliness, *form.content]}


def form_of_text(text: str, tmp_path: Path) -> dict[str, tuple[str, str]]:
    file = tmp_path / "budget.txt"
    file.write_text(text, encoding="utf-8")
    with inspected([file]) as inspection:
        [form] = forms(inspection.connection, evidence.documents(inspection.connection, inspection.documents))
    return {row.item: (row.verdict, row.text) for row in form.content}


def test_the_page_loads_nothing(published: tuple[Settings, Summary], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    report(monkeypatch, published[0], "--out", str(tmp_path / "report.html"))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")

    loads = Loads()
    loads.feed(text)

    assert loads.found == []
    assert not re.search(r"@import|url\(", text)
    assert text.count("<section") == 5


def test_a_browser_asks_for_the_page_and_nothing_else_and_shows_the_marked_rows(
    published: tuple[Settings, Summary], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    target = tmp_path / "report.html"
    report(monkeypatch, published[0], "--out", str(target), "--document", next(RAW.glob("003_*")).name)
    asked: list[str] = []
    errors: list[str] = []

    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: errors.append(message.text))
        tab.goto(target.as_uri())
        marked = tab.locator("mark").all_inner_texts()
        background = tab.locator("mark").first.evaluate("element => getComputedStyle(element).backgroundColor")
        headings = tab.locator("h2").all_inner_texts()
        browser.close()

    assert asked == [target.as_uri()] and errors == []
    assert {"1920.33", "1928.73", "1700"} <= set(marked)
    assert background == "rgb(255, 213, 79)"
    assert len(headings) == 1 and headings[0].startswith("昌吉回族自治州人民政府电子政务办公室2023年")


def test_every_finding_stands_on_the_page_in_both_languages(everything: tuple[list[evidence.Document], list[Form]]):
    documents, _ = everything
    text = page.html(documents)

    findings = [found for document in documents for found in document.findings]
    assert len(findings) > 10
    assert text.count('<article class="finding') == len(findings)
    assert all(found.message_en for found in findings)


def test_many_documents_get_an_index_and_a_page_each(
    everything: tuple[list[evidence.Document], list[Form]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    documents, _ = everything
    page.write(documents, tmp_path / "one.html")
    monkeypatch.setattr(page, "MOST_ON_ONE_PAGE", 2)

    page.write(documents, tmp_path / "many of them.html")

    index = (tmp_path / "many of them.html").read_text(encoding="utf-8")
    linked = [(tmp_path / unquote(address)).read_text(encoding="utf-8") for address in re.findall(r'<a href="([^"]+[.]html)"', index)]
    assert len(linked) == len(documents) and "<section" not in index
    assert [document.title in text for document, text in zip(documents, linked, strict=True)] == [True] * len(documents)
    assert not (tmp_path / "one_files").exists() and (tmp_path / "one.html").read_text(encoding="utf-8").count("<section") == len(documents)


def test_what_a_document_prints_does_not_become_part_of_the_page(everything: tuple[list[evidence.Document], list[Form]]):
    document = everything[0][0]
    hostile = replace(
        document,
        facts={**document.facts, "document_title": "<script>alert(1)</script>", "source_url": "javascript:alert(1)"},
    )

    text = page.html([hostile])

    assert "<script" not in text and "&lt;script&gt;" in text
    assert 'href="javascript' not in text


def test_personal_data_reaches_neither_page_nor_form(tmp_path: Path):
    file = tmp_path / "budget.txt"
    table = "科目编码\t科目名称\t金额\n\t合计\t9.10\n201\t一般公共服务支出\t4.00\n208\t社会保障和就业支出\t5.00\n"
    file.write_text(f"{HEAD}{table}\n经办人：欧阳某某 联系电话：13912345678\n", encoding="utf-8")

    with inspected([file]) as inspection:
        documents = evidence.documents(inspection.connection, inspection.documents)
        text = page.html(documents) + repr(forms(inspection.connection, documents))

    assert "9.10" in text
    assert "欧阳" not in text and "13912345678" not in text


def test_findings_stand_in_the_row_of_their_chapter_or_table_with_quote_arithmetic_and_place(
    everything: tuple[list[evidence.Document], list[Form]],
):
    rows = form_of(everything, "003")

    verdict, prose = rows["预算编制说明"]
    assert verdict == NO
    assert "1870-1700=170；1700÷170=1000%≠100%" in prose and "增长100%" in prose and "行2057" in prose
    verdict, table = rows["部门(单位)收入总体情况表"]
    assert verdict == NO and table.startswith("1. ")
    assert "101.17-109.57=-8.4万元" in table and "行253“201 03 50 事业运行 101.17 99.57 1.60”" in table


def test_chapters_and_tables_that_are_there_are_told_apart_from_those_that_are_not(
    everything: tuple[list[evidence.Document], list[Form]],
):
    good, cut = form_of(everything, "004"), form_of(everything, "003")

    chapters = ("封面", "目录", "主要职能", "机构设置", "名词解释", "其他相关情况说明")
    assert {good[item] for item in chapters} == {(YES, "")}
    assert good["项目经费情况说明"] == (NOT_APPLICABLE, "")
    assert good["二、2022年收入预算总表"][0] == NO and "目录列出" in good["二、2022年收入预算总表"][1]
    # This conversion begins in the middle of the contents list.
    assert cut["目录"] == (NO, "1. 未见“目录”。") and cut["封面"][0] == NO


def test_a_chapter_that_only_the_contents_list_names_is_missing(tmp_path: Path):
    body = "第一部分 概况\n一、主要职能\n负责甲、乙两项工作。\n二、机构设置\n设三个科室。\n"
    contents = "某市某局\n2023年度部门预算\n目录\n第一部分 概况\n一、主要职能\n二、机构设置\n第二部分 名词解释\n"

    without = form_of_text(contents + body, tmp_path)
    complete = form_of_text(f"{contents}{body}第二部分 名词解释\n财政拨款收入：指本级财政拨款。\n", tmp_path)

    assert without["名词解释"] == (NO, "1. 目录列出“第二部分 名词解释”，正文中未见（行7）。")
    assert complete["名词解释"] == (YES, "")


def test_a_sentence_under_other_matters_does_not_count_as_explanation(tmp_path: Path):
    prose = "2023年一般公共预算拨款10万元，其中：基本支出6万元，占50%；项目支出4万元，占40%。\n"
    rows = form_of_text(
        f"{HEAD}科目编码\t科目名称\t金额\n\t合计\t9.00\n201\t一般公共服务支出\t9.00\n\n"
        f"2023年部门预算编制说明\n2023年，收入预算9万元。\n\n其他相关情况说明\n一、2023年“三公”经费预算情况说明\n{prose}",
        tmp_path,
    )

    assert "6÷10=60%≠50%" in rows["其他相关情况说明"][1]
    assert rows["预算编制说明"] == (YES, "")


@pytest.mark.parametrize(("published_on", "verdict"), [(date(2023, 2, 20), YES), (date(2023, 2, 22), NO), (None, NOT_APPLICABLE)])
def test_a_budget_is_published_in_time_within_twenty_days_of_its_approval(
    published: tuple[Settings, Summary], published_on: date | None, verdict: str
):
    with snapshot(published[0]) as connection:
        [document] = evidence.documents(connection, evidence.chosen(connection, next(RAW.glob("004_*")).name))
        dated = replace(document, facts={**document.facts, "published_on": published_on, "approved_on": date(2023, 2, 1)})
        [form] = forms(connection, [dated])

    assert form.timeliness.verdict == verdict
    assert ("逾期1日" in form.timeliness.text) == (verdict == NO)


def test_the_workbook_has_a_sheet_a_disclosure_and_no_formulas(
    published: tuple[Settings, Summary], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    report(monkeypatch, published[0], "--checklist", str(tmp_path / "list.xlsx"))

    workbook = openpyxl.load_workbook(tmp_path / "list.xlsx")

    assert len(workbook.worksheets) == 5
    for sheet in workbook:
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        first = [row[0].value for row in sheet.iter_rows()]
        assert first[:4] == ["预算公开情况检查表", "单位名称", "公开网址", "文件"]
        assert [cell.value for cell in sheet[5]] == ["检查内容", "符合要求", "问题"]
        assert {"及时性", "公开时间", "内容规范性", "封面", "其他相关情况说明", "项目经费情况说明"} <= set(first)


def test_a_document_that_is_not_there_is_one_sentence(
    published: tuple[Settings, Summary], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    monkeypatch.setattr(
        sys, "argv", ["yusuan", "report", "--home", str(published[0].home), "--out", str(tmp_path / "r.html"), "--document", "none.pdf"]
    )
    with pytest.raises(SystemExit):
        main()

    assert "there is no document none.pdf" in capsys.readouterr().err


# What an examiner looks for by hand: what is printed wrongly, the row of the form, and what must be said there.
MISTAKES = {
    "项目支出1228.7万元，占91%。基本支出中": ("项目支出1228.7万元，占81%。基本支出中", "预算编制说明", "1228.7÷1346.7=91.24%≠81%"),
    "比2021年预算数增加0万元。": ("比2021年预算数增加（减少）0万元。", "预算编制说明", "增加（减少）0万元"),
    "主要用于缴纳职工住房公积金。": ("主要用于缴纳职工住房公积金。。", "预算编制说明", "住房公积金。。"),
    "政府采购服务预算 1178 万元。": ("政府采购服务预算 1178 万元。。", "其他相关情况说明", "1178万元。。"),
}


def test_what_examiners_find_by_hand_stands_in_the_right_row(tmp_path: Path):
    text = next(RAW.glob("004_*")).read_text(encoding="utf-8")
    before = form_of_text(text, tmp_path)
    for right, (wrong, _, _) in MISTAKES.items():
        assert right in text, right
        text = text.replace(right, wrong, 1)

    rows = form_of_text(text, tmp_path)

    for _, item, words in MISTAKES.values():
        assert words not in before[item][1]
        assert rows[item][0] == NO and words in rows[item][1] and "行" in rows[item][1]
    unchanged = {item for item, row in before.items() if row[1] == rows[item][1]}
    assert set(before) - unchanged == {"预算编制说明", "其他相关情况说明"}


def test_a_figure_that_breaks_its_table_stands_in_the_row_of_that_table(tmp_path: Path):
    text = next(RAW.glob("004_*")).read_text(encoding="utf-8")
    table = text.index("一般公共预算基本支出表", text.index("预算表 6") - 400)
    place = text.index("118.0", table)

    rows = form_of_text(f"{text[:place]}119.0{text[place + 5 :]}", tmp_path)

    verdict, problems = rows["吉林市政务信息中心本年一般公共预算基本支出表"]
    assert verdict == NO and "≠119" in problems


def test_prescribed_tables_stand_in_the_order_of_the_rule_whether_they_are_there_or_not(
    everything: tuple[list[evidence.Document], list[Form]], tmp_path: Path
):
    tables = {
        "2023年一般公共预算支出预算表": "科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t合计\t9\t4\t5\n201\t一般公共服务支出\t9\t4\t5\n",
        "2023年部门支出预算表": "科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t合计\t9\t4\t5\n201\t一般公共服务支出\t9\t4\t5\n",
    }
    text = "焦作市某局\n2023年度部门预算\n\n" + "".join(f"{title}\n单位：万元\n{body}\n" for title, body in tables.items())

    items = list(form_of_text(text, tmp_path))

    order = ["部门收支总体情况表", "部门收入总体情况表", "2023年部门支出预算表", "财政拨款收支总体情况表", "2023年一般公共预算支出预算表"]
    assert [item for item in items if item in order] == order
    assert items.index("政府性基金预算支出情况表") < items.index("其他相关情况说明")


def test_what_is_wrong_with_the_wording_of_one_sentence_is_one_problem(tmp_path: Path):
    text = "某市某局\n2023年度部门预算\n\n第二部分 2023年部门预算情况说明\n\n{}\n"
    one = "2023年支出预算10.00万元，比上年增加（减少）1.00万元，，主要原因是（请说明原因）人员增加。"

    together = form_of_text(text.format(one), tmp_path)["预算编制说明"][1]
    apart = form_of_text(
        text.format("2023年支出预算10.00万元，，基本支出10.00万元。收入预算10.00万元，，比上年增加（减少）0.50万元。"), tmp_path
    )["预算编制说明"][1]

    assert together.count("\n") == 0 and together.count("另：") == 2
    assert apart.count("\n") == 1

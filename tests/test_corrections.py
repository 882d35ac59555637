"""expectations/corrections.csv: a mis-reading is mended before sums are looked at, shown as mended, and told of when it is stale."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from founding import HEAD, proofs
from yusuan import corrections, intake
from yusuan.inspection import inspected
from yusuan.landing import land
from yusuan.parsing import Parsed, parse
from yusuan.progress import Progress
from yusuan.reading.text import read_texts
from yusuan.reporting import evidence
from yusuan.settings import Settings, YusuanError
from yusuan.warehouse import load

TABLE = f"{HEAD}科目编码\t科目名称\t金额\n\t合计\t9.00\n201\t一般公共服务支出\t4.00\n208\t社会保障和就业支出\t{{}}\n"
MISREAD = TABLE.format("5.10")
FIRST = "document,place,field,printed,corrected,who,why\n"


class Said(Progress):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "corrections.csv"
    path.write_text(FIRST + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def parsed(tmp_path: Path, *lines: str, text: str = MISREAD) -> Parsed:
    documents = pl.DataFrame({"document_id": ["ab" * 32], "text": [text]})
    cells, read = read_texts(documents)
    known = documents.select("document_id", file_name=pl.lit("budget.txt"), publisher_hint=pl.lit(None, dtype=pl.Utf8))
    return parse(cells, read, known, corrections.read(written(tmp_path, *lines)))


def last_amount(result: Parsed) -> dict[str, object]:
    return proofs(result).sort("row_number").row(-1, named=True)


def test_a_misread_amount_is_corrected_before_the_sums_and_keeps_its_printed_text(tmp_path: Path):
    before = last_amount(parsed(tmp_path))
    after = last_amount(parsed(tmp_path, "budget.txt,T1R4C3,amount,5.10,5.00,张某,原件第3页为5.00"))

    assert (str(before["amount_yuan"]), before["proof"], before["repair"]) == ("51000.00", "contradicted", None)
    assert (str(after["amount_yuan"]), after["proof"], after["repair"]) == ("50000.00", "proved", "correction")
    assert after["amount_printed"] == "5.10" and after["amount_id"] == before["amount_id"]


def test_a_correction_counts_in_the_sums_of_a_document_with_a_shifted_row_too(tmp_path: Path):
    """The second table lost the code of a row: putting it back makes all sums of its document anew."""
    slipped = "\n2023年部门支出情况表\n\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t合计\t9.00\t6.00\t3.00\n"
    slipped += "201\t一般公共服务支出\t5.00\t2.00\t3.00\n社会保障和就业支出\t4.00\t4.00\t\n"

    result = parsed(tmp_path, "budget.txt,T1R4C3,amount,5.10,5.00,张某,原件第3页为5.00", text=MISREAD + slipped)

    assert "shifted_cells" in result.amounts["repair"].to_list()
    corrected = proofs(result).filter(pl.col("repair") == "correction")
    assert corrected.select("amount_yuan", "proof").rows() == [(Decimal("50000.00"), "proved")]


def test_a_correction_is_told_of_with_who_and_why(tmp_path: Path):
    result = parsed(tmp_path, "budget.txt,T1R4C3,amount,5.10,5.00,张某,原件第3页为5.00")

    [notice] = result.notices.filter(pl.col("kind") == "correction_applied").to_dicts()
    assert notice["message"] == "T1R4C3的amount按人工更正由“5.10”改为“5.00”（张某：原件第3页为5.00）"
    assert notice["line"] == 10
    assert result.corrections.select("document_id", "place", "status").rows() == [("ab" * 32, "T1R4C3", "applied")]


@pytest.mark.parametrize("place", ["T1R4C3", "T9R9C9"])
def test_a_correction_whose_place_reads_something_else_changes_nothing_and_is_told_of(tmp_path: Path, place: str):
    result = parsed(tmp_path, f"budget.txt,{place},amount,5.20,5.00,张某,见原件")

    assert last_amount(result) == last_amount(parsed(tmp_path))
    assert result.corrections["status"].to_list() == ["stale"]
    assert [kind for kind in result.notices["kind"] if kind.startswith("correction")] == ["correction_stale"]


def test_a_label_is_corrected_in_its_whole_row(tmp_path: Path):
    row = last_amount(parsed(tmp_path, "budget.txt,T1R4,line_item,社会保障和就业支出,社会保障和就业,张某,见原件"))

    assert (row["line_item"], row["amount_printed"], row["repair"]) == ("社会保障和就业", "5.10", "correction")


def test_a_unit_is_corrected_with_its_amount(tmp_path: Path):
    row = last_amount(parsed(tmp_path, "budget.txt,T1R4C3,unit,万元,元,张某,见原件"))

    assert (str(row["amount_yuan"]), row["unit_printed"], row["amount_printed"]) == ("5.10", "元", "5.10")


@pytest.mark.parametrize(("name", "status"), [("abababab", ["applied"]), ("AB" * 32, ["applied"]), ("ab", []), ("other.txt", [])])
def test_a_document_is_named_by_its_file_or_by_the_beginning_of_its_id(tmp_path: Path, name: str, status: list[str]):
    result = parsed(tmp_path, f"{name},T1R4C3,amount,5.10,5.00,张某,见原件")

    assert result.corrections["status"].to_list() == status


def test_other_documents_are_left_alone(tmp_path: Path):
    result = parsed(tmp_path, "other.txt,T1R4C3,amount,5.10,5.00,张某,见原件")

    assert last_amount(result) == last_amount(parsed(tmp_path)) and result.corrections.is_empty()


def test_all_mistakes_in_the_file_are_told_at_once(tmp_path: Path):
    path = written(
        tmp_path,
        "a.txt,第3页,amount,1,2,张某,见原件",
        "a.txt,T1R1,amount,1,2,张某,见原件",
        "a.txt,T1R1C1,colour,1,2,张某,见原件",
        "a.txt,T1R1C1,amount,1,two,张某,见原件",
        "a.txt,T1R1C1,unit,元,美元,张某,见原件",
        "a.txt,T1R1C1,amount,1,2,,",
        "a.txt,T1R1C2,amount,1,2,张某,见原件",
        "a.txt,t1r1c2,amount,1,3,张某,见原件",
    )

    with pytest.raises(YusuanError) as error:
        corrections.read(path)

    told = str(error.value)
    for mistake in (
        "T3R5C4",
        "names no column",
        "colour",
        "two where an amount",
        "美元",
        "no who, why",
        "line 9 corrects the same as line 8",
    ):
        assert mistake in told


def test_a_file_with_other_columns_says_how_it_must_begin(tmp_path: Path):
    path = tmp_path / "corrections.csv"
    path.write_text("document,place\n", encoding="utf-8")

    with pytest.raises(YusuanError, match="document,place,field"):
        corrections.read(path)


def test_only_documents_whose_corrections_changed_are_read_again(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("YUSUAN_EXPECTATIONS", str(tmp_path))
    settings = Settings.load(raw=settings.raw, home=settings.home)
    name = next(settings.raw.glob("004*.txt")).name
    said = Said()

    def due() -> list[str]:
        with load.working(settings) as connection:
            load.write_register(connection, land(settings, load.read_register(connection), {}).register)
            found = intake.due(settings, connection, said)
            intake.take_in(settings, connection, found, said, "run")
            return [entry.file_name for entry in found]

    assert len(due()) == 5 and due() == []
    written(tmp_path, f"{name},T1R1C1,amount,1,2,张某,见原件", "gone.txt,T1R1C1,amount,1,2,张某,见原件")
    assert due() == [name] and due() == []
    written(tmp_path)
    assert due() == [name] and due() == []
    assert set(said.lines) == {f"{tmp_path / 'corrections.csv'}: no document here has the file name or the id gone.txt"}


def test_a_correction_of_a_file_that_was_replaced_is_not_applied_and_told_of_at_the_new_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("YUSUAN_EXPECTATIONS", str(tmp_path))
    settings = Settings.load(raw=settings.raw, home=settings.home)
    said = Said()
    file = settings.raw / "budget.txt"
    written(tmp_path)

    def due() -> list[str]:
        with load.working(settings) as connection:
            load.write_register(connection, land(settings, load.read_register(connection), {}).register)
            found = intake.due(settings, connection, said)
            intake.take_in(settings, connection, found, said, "run")
            told = "select kind || ' ' || message from staging.notices inner join staging.register using (document_id)"
            notices.append(connection.execute(f"{told} where status = 'landed' and kind like 'correction%'").fetchall())
            return [entry.document_id for entry in found if entry.file_name == "budget.txt"]

    notices: list[list[tuple[str]]] = []
    file.write_text(MISREAD, encoding="utf-8")
    (old,) = due()
    written(tmp_path, f"{old[:12]},T1R4C3,amount,5.10,5.00,张某,原件第3页为5.00")
    assert due() == [old] and due() == []
    file.write_text(f"{MISREAD}\n本表已更新。\n", encoding="utf-8")
    (new,) = due()

    assert new != old and due() == []
    assert [[kind.split()[0] for (kind,) in found] for found in notices] == [[], *[["correction_applied"]] * 2, *[["correction_stale"]] * 2]
    assert "已被本文件替换" in notices[-1][0][0]
    assert said.lines == []


def test_a_report_shows_what_was_corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("YUSUAN_EXPECTATIONS", str(tmp_path))
    file = tmp_path / "budget.txt"
    file.write_text(MISREAD, encoding="utf-8")
    written(tmp_path, "budget.txt,T1R4C3,amount,5.10,5.00,张某,见原件")

    with inspected([file]) as inspection:
        [document] = evidence.documents(inspection.connection, inspection.documents)

    [changed] = document.changed
    assert (changed.repair, changed.amount_printed, str(changed.amount_yuan)) == ("correction", "5.10", "50000.00")
    assert "structure.correction_applied" in [found.check_id for found in document.findings]
    assert document.count("error") == 0 and document.proof == {"proved": 3}

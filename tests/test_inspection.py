"""`yusuan inspect`: one disclosure without a warehouse says the same as a build, and says it with the right exit status."""

import json
import sys
from pathlib import Path

import pytest

from founding import HEAD, RAW
from yusuan.cli import main
from yusuan.inspection import inspected
from yusuan.reporting import evidence
from yusuan.settings import Settings, YusuanError
from yusuan.summary import Summary
from yusuan.warehouse.query import snapshot


def founding(name: str) -> Path:
    return next(RAW.glob(f"{name}_*.txt"))


def inspect(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["yusuan", "inspect", *arguments])
    code = 0
    try:
        main()
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_one_document_alone_is_told_what_the_warehouse_tells_of_it(published: tuple[Settings, Summary]):
    with snapshot(published[0]) as connection:
        [ids] = [evidence.chosen(connection, founding("004").name)]
        [built] = evidence.documents(connection, ids)

    with inspected([founding("004")]) as inspection:
        [alone] = evidence.documents(inspection.connection, inspection.documents)

    assert (alone.proof, alone.figures, alone.changed) == (built.proof, built.figures, built.changed)
    assert [(found.check_id, found.message, found.quotes) for found in alone.findings] == [
        (found.check_id, found.message, found.quotes) for found in built.findings
    ]
    assert alone.amounts > 200 and alone.findings


def test_an_error_is_told_with_its_rows_and_ends_with_status_3(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    code, out, _ = inspect(capsys, monkeypatch, str(founding("003")))

    assert code == 3
    assert "> 行1126  合 计 2058.18 137.85 1920.33" in out and "1920.33-1928.73=-8.4万元" in out
    assert "1870-1700=170；1700÷170=1000%≠100%" in out


def test_a_document_without_errors_ends_well_in_english_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    code, out, _ = inspect(capsys, monkeypatch, str(founding("004")), "--english")

    assert code == 0
    assert "211 amounts: 211 proved, 0 unproved, 0 contradicted (100.0% proved)" in out and "0 errors" in out


def test_a_changed_digit_is_found_before_publication(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    right = f"{HEAD}科目编码\t科目名称\t金额\n\t合计\t9.00\n201\t一般公共服务支出\t4.00\n208\t社会保障和就业支出\t5.00\n"
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(right, encoding="utf-8")
    bad.write_text(right.replace("5.00", "5.10"), encoding="utf-8")

    _, before, _ = inspect(capsys, monkeypatch, str(good), "--json")
    _, after, _ = inspect(capsys, monkeypatch, str(bad), "--json")

    sums = [
        [found["arithmetic"] for found in json.loads(out)["documents"][0]["findings"] if found["arithmetic"]] for out in (before, after)
    ]
    assert sums == [[], ["4+5.1=9.1≠9；9.1-9=0.1万元"]]


def test_what_stands_beside_is_compared_with_but_not_told_of():
    with inspected([founding("000")], [founding("001")]) as inspection:
        told = evidence.documents(inspection.connection, inspection.documents)
        contained = inspection.connection.execute(
            "select counted_in from marts.dim_document where document_id = ?", [inspection.documents[0]]
        )
        department = contained.fetchall()[0][0]
        [(name,)] = inspection.connection.execute("select file_name from marts.dim_document where document_id = ?", [department]).fetchall()

    assert [document.facts["file_name"] for document in told] == [founding("000").name]
    assert name == founding("001").name


def test_what_cannot_be_read_is_told_with_the_reason(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")

    code, out, err = inspect(capsys, monkeypatch, str(empty), str(founding("004")))

    assert code == 1
    assert err.startswith("empty.pdf: 文件为空")
    assert "吉林市政务信息中心" in out


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path):
    with pytest.raises(YusuanError, match="there is no file"), inspected([tmp_path / "none.pdf"]):
        pass


def test_nothing_is_left_behind_but_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with inspected([founding("004")]):
        assert list(tmp_path.iterdir())

    assert list(tmp_path.iterdir()) == []
    assert [path.name[:7] for path in cache.iterdir()] == ["models-"]


def test_a_cache_that_cannot_be_written_names_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("YUSUAN_CACHE", str(file))

    with pytest.raises(YusuanError, match="YUSUAN_CACHE"), inspected([founding("004")]):
        pass


def test_a_comparison_with_what_stands_beside_is_told_with_the_other_file_named():
    with inspected([founding("000")], [founding("001")]) as inspection:
        [unit] = inspection.documents
        # The models compare documents; here a finding of the department is made one about both.
        inspection.connection.execute(
            """
            update quality.findings set other_document_id = ?
            where document_id <> ? and finding_id in (
                select min(finding_id) from quality.findings
                where document_id <> ? and verdict = 'damaged_text' and expected_yuan is not null
            )
            """,
            [unit, unit, unit],
        )
        [told] = evidence.documents(inspection.connection, [unit])

    places = [quote.place for found in told.findings for quote in found.quotes]
    assert any(place.startswith(f"{founding('001').name} 行") for place in places)
    assert any(place.startswith("行") for place in places)

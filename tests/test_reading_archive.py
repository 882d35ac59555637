"""Kinds of files are found from their content, and archives give their documents within limits."""

import io
import time
import zipfile
from pathlib import Path

import pytest

from documents_factory import make_docx, make_html, make_xlsx, make_zip
from yusuan.reading import archive, package, sniffing
from yusuan.reading.assembly import GridCell
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.readers import READERS, reader_for

CELLS = [GridCell(1, 1, 1, 1, "项目"), GridCell(1, 2, 1, 1, "金额"), GridCell(2, 1, 1, 1, "合计"), GridCell(2, 2, 1, 1, "1.00")]

KINDS = {
    sniffing.DOCX: make_docx(CELLS),
    sniffing.XLSX: make_xlsx(CELLS),
    sniffing.HTML: make_html(CELLS, encoding="gb18030"),
    sniffing.OFD: make_zip({"OFD.xml": b"<OFD/>"}),
    sniffing.ZIP: make_zip({"a.txt": b"1"}),
    sniffing.PDF: b"\r\n%PDF-1.7\n",
    sniffing.PNG: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    sniffing.JPEG: b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    sniffing.TIFF: b"II*\0\x08\0\0\0",
    sniffing.RTF: rb"{\rtf1\ansi}",
    sniffing.TEXT: "2024年部门预算\n支出总计\t1.00".encode("gb18030"),
    sniffing.EXCEL_XML: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    sniffing.RAR: b"Rar!\x1a\x07\x01\0",
    sniffing.EMPTY: b"\r\n",
    sniffing.UNKNOWN: bytes(range(256)) * 8,
}


@pytest.mark.parametrize(("kind", "data"), KINDS.items())
@pytest.mark.parametrize("name", ["disclosure.pdf", "表.xls", "没有后缀"])
def test_the_kind_is_found_from_the_content(kind: str, data: bytes, name: str) -> None:
    assert sniffing.media_type(data, name) == kind


def test_all_reference_files_are_known(shared: Path) -> None:
    expected = {
        ".pdf": sniffing.PDF,
        ".docx": sniffing.DOCX,
        ".xlsx": sniffing.XLSX,
        ".xls": sniffing.XLS,
        ".et": sniffing.XLS,
        ".doc": sniffing.DOC,
        ".wps": sniffing.DOC,
        ".html": sniffing.HTML,
        ".ofd": sniffing.OFD,
    }
    files = [file for file in (shared / "formats").rglob("*") if file.suffix in expected]

    found = {file.name: sniffing.media_type(file.read_bytes(), "") for file in files}

    assert found == {file.name: sniffing.HTML if file.name == "fake.xls" else expected[file.suffix] for file in files}


def test_a_sheet_inside_a_word_file_does_not_decide_its_kind(shared: Path) -> None:
    data = (shared / "formats/budget.doc").read_bytes() + "Workbook".encode("utf-16-le")

    assert sniffing.media_type(data, "a.xls") == sniffing.DOC


def test_sniffing_is_fast() -> None:
    data = KINDS[sniffing.XLSX] + bytes(50_000_000)
    start = time.monotonic()

    sniffing.media_type(b"%PDF-1.7" + data, "")
    sniffing.media_type("预算".encode() * 10_000_000, "")

    assert time.monotonic() - start < 0.5


def test_every_media_type_is_read_or_refused_with_advice() -> None:
    for kind, reader in READERS.items():
        assert reader_for(kind) is reader
    for kind in (sniffing.RAR, sniffing.EMPTY, sniffing.ENCRYPTED_OFFICE, sniffing.UNKNOWN):
        with pytest.raises(UnreadableDocument, match="请"):
            reader_for(kind)


def test_members_are_named_as_their_maker_named_them() -> None:
    files = {"2024年/部门预算.docx": b"a", "附件1.xls": b"b"}

    assert archive.members(make_zip(files)) == list(files.items())
    assert archive.members(make_zip(files, windows_names=True)) == list(files.items())


def test_archives_in_archives_are_opened_and_word_files_are_not() -> None:
    document = make_docx(CELLS)

    found = archive.members(
        make_zip({"局.zip": make_zip({"预算.docx": document}), "__MACOSX/._预算.docx": b"x", "空/": b"", "说明.txt": b"1"})
    )

    assert found == [("局.zip/预算.docx", document), ("说明.txt", b"1")]


def test_names_never_lead_out_of_a_folder() -> None:
    names = [name for name, _ in archive.members(make_zip({"../../etc/a": b"1", "/root/b": b"2", "C:\\x\\c": b"3", "..": b"4"}))]

    assert names == ["etc/a", "root/b", "x/c"]


def test_a_link_in_an_archive_is_left_out() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as container:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        container.writestr(link, "/etc/passwd")

    assert archive.members(buffer.getvalue()) == []


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = make_zip({"a": bytes(package.RATIO_FREE_BYTES + 1)})

    with pytest.raises(UnreadableDocument, match="压缩炸弹"):
        archive.members(bomb)


def test_archives_nested_without_end_are_refused() -> None:
    data = make_zip({"a.txt": b"1"})
    for depth in range(archive.MAX_DEPTH):
        data = make_zip({f"{depth}.zip": data})

    with pytest.raises(UnreadableDocument, match="层"):
        archive.members(data)


def test_too_many_documents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_DOCUMENTS", 3)

    with pytest.raises(UnreadableDocument, match="3 个文件"):
        archive.members(make_zip({f"{number}.txt": b"1" for number in range(4)}))


def test_more_bytes_than_allowed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1_000)

    with pytest.raises(UnreadableDocument, match="解压后超过"):
        archive.members(make_zip({"a": bytes(600), "b": bytes(600)}))


def test_a_protected_archive_is_refused() -> None:
    data = bytearray(make_zip({"a.txt": b"1"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(UnreadableDocument, match="密码"):
        archive.members(bytes(data))


def test_a_damaged_archive_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="不完整"):
        archive.members(make_zip({"a.txt": b"1" * 100})[:-30])

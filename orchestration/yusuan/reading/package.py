"""Opens ZIP containers (DOCX, XLSX, OFD) with limits and parses their XML parts without entities or outside references.

What the parts mean belongs to the format's reader; archives of whole documents belong to archive.py.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from typing import Any

from lxml import etree

from yusuan.reading.errors import UnreadableDocument

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 256 << 20
MAX_TOTAL_BYTES = 1 << 30
# Deflate reaches 1032:1 on zeros; the XML of an empty but formatted sheet reaches about 100:1.
MAX_RATIO = 300
# Below this size a high ratio does no harm: small parts of repeated markup do reach it.
RATIO_FREE_BYTES = 16 << 20
# Anything else is not allowed in these formats, and its decompressors cannot be stopped half way.
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGED = "文件不完整或已损坏；请重新下载，或用办公软件打开后另存。"

PROTECTED = "文件有打开密码；请放入没有密码的版本。"

_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The container, refused when it is damaged, encrypted or would unpack to more than the limits allow."""
    try:
        container = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, struct.error) as error:
        raise UnreadableDocument(DAMAGED) from error
    members = container.infolist()
    if len(members) > MAX_MEMBERS:
        raise UnreadableDocument(f"文件内部超过 {MAX_MEMBERS:,} 个部分；请核对文件是不是预算公开。")
    if sum(member.file_size for member in members) > MAX_TOTAL_BYTES:
        raise UnreadableDocument(f"文件解压后超过 {MAX_TOTAL_BYTES >> 20:,} MB；请核对文件是不是预算公开。")
    for member in members:
        check_member(member)
    return container


def check_member(member: zipfile.ZipInfo) -> None:
    """Refuses a member that is encrypted, oddly compressed, too large, or compressed beyond what real content allows."""
    if member.flag_bits & 0x1:
        raise UnreadableDocument(PROTECTED)
    if member.compress_type not in COMPRESSIONS:
        raise UnreadableDocument("文件用了不常见的压缩方法；请解压后重新压缩为普通 ZIP，或另存。")
    if member.file_size > MAX_MEMBER_BYTES:
        raise UnreadableDocument(f"文件的一个部分解压后超过 {MAX_MEMBER_BYTES >> 20:,} MB；请核对文件是不是预算公开。")
    if member.file_size > RATIO_FREE_BYTES and member.file_size > MAX_RATIO * max(member.compress_size, 1):
        raise UnreadableDocument(f"文件的一个部分解压后超过原来的 {MAX_RATIO} 倍，像是压缩炸弹；请不要打开，向发布单位核实。")


def read_member(container: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, never more than it declares (the module stops at the declared size and checks the sum)."""
    try:
        with container.open(member) as stream:
            return stream.read(member.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError, EOFError, struct.error) as error:
        raise UnreadableDocument(DAMAGED) from error


def refuse_doctype(data: bytes) -> None:
    if any(doctype in data for doctype in _DOCTYPES):
        raise UnreadableDocument("文件里声明了 XML 实体，正常的办公文件不会这样；请不要打开，改用发布单位的 PDF。")


def parse_xml(data: bytes) -> Any:
    """The root element; a document type declaration is refused, because these formats have none and attacks need one."""
    refuse_doctype(data)
    # huge_tree stays off: it would lift the parser's limits on depth and on the length of a text.
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(DAMAGED) from error
    if root is None:
        raise UnreadableDocument(DAMAGED)
    return root


class Package:
    """A container whose parts are found by path, whatever the case and slashes that its maker wrote."""

    def __init__(self, data: bytes) -> None:
        self.container = open_zip(data)
        self._members = {self._key(member.filename): member for member in self.container.infolist()}

    @staticmethod
    def _key(path: str) -> str:
        return posixpath.normpath("/" + path.replace("\\", "/")).lstrip("/").lower()

    def __contains__(self, path: str) -> bool:
        return self._key(path) in self._members

    def paths(self) -> list[str]:
        return list(self._members)

    def read(self, path: str) -> bytes:
        member = self._members.get(self._key(path))
        if member is None:
            raise UnreadableDocument(DAMAGED)
        return read_member(self.container, member)

    def xml(self, path: str) -> Any:
        return parse_xml(self.read(path))

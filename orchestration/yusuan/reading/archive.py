"""ZIP archives of documents: their members as bytes, within limits on count, depth, size and compression.

Each member becomes a document of its own; what kind it is belongs to sniffing.py. ZIP containers that are one document
(DOCX, XLSX, OFD) are opened by package.py.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator

from yusuan.reading import sniffing
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.package import check_member, open_zip, read_member

MAX_DOCUMENTS = 2_000
MAX_DEPTH = 3  # an archive of a city's departments, each with an archive of its units
MAX_TOTAL_BYTES = 2 << 30

_UTF8_NAME = 0x800
_UNICODE_PATH_FIELD = 0x7075
# What systems and programs leave beside the documents.
_LITTER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


def members(data: bytes) -> list[tuple[str, bytes]]:
    """(path inside the archive, bytes) of every document; archives inside the archive are opened too."""
    found: list[tuple[str, bytes]] = []
    total = 0
    for name, content in _walk(data, depth=1):
        found.append((name, content))
        total += len(content)
        if len(found) > MAX_DOCUMENTS:
            raise UnreadableDocument(f"压缩包里超过 {MAX_DOCUMENTS:,} 个文件；请解压后放入。")
        if total > MAX_TOTAL_BYTES:
            raise UnreadableDocument(f"压缩包解压后超过 {MAX_TOTAL_BYTES >> 20:,} MB；请解压后放入。")
    return found


def _walk(data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    if depth > MAX_DEPTH:
        raise UnreadableDocument(f"压缩包里又套压缩包，超过 {MAX_DEPTH} 层；请解压后放入。")
    with open_zip(data) as container:
        for member in container.infolist():
            name = safe_name(printed_name(member))
            is_link = stat.S_ISLNK(member.external_attr >> 16)
            if member.is_dir() or is_link or not name or any(part in f"{name.lower()}/" for part in _LITTER):
                continue
            check_member(member)
            content = read_member(container, member)
            if not content:
                continue
            if sniffing.media_type(content, name) == sniffing.ZIP:
                for inner, inner_content in _walk(content, depth + 1):
                    yield f"{name}/{inner}", inner_content
            else:
                yield name, content


def printed_name(member: zipfile.ZipInfo) -> str:
    """The name as its maker wrote it: Chinese Windows writes GBK and says nothing, which the module takes for cp437."""
    unicode_path = _unicode_path(member)
    if unicode_path is not None:
        return unicode_path
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    raw = member.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _unicode_path(member: zipfile.ZipInfo) -> str | None:
    """The name in the Info-ZIP field for Unicode paths, when it belongs to the name that stands in the header."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _UNICODE_PATH_FIELD and size > 5:
            (checksum,) = struct.unpack_from("<I", extra, 5)
            if checksum == zlib.crc32(member.orig_filename.encode("cp437", "replace")):
                return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return None


def safe_name(name: str) -> str:
    """The path without root, drive and parent steps: it names the document and never leads out of a folder."""
    parts = name.replace("\\", "/").replace("\0", "").split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not part.endswith(":"))

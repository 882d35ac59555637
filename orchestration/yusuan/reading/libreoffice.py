"""Runs LibreOffice, where it is installed, to convert old formats: one profile for each process, no network, no macros.

Which formats are converted to what belongs to office_legacy.py.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from yusuan.reading.errors import UnreadableDocument

# A document takes about a second; the first one of a process, which makes the profile, two.
TIMEOUT_SECONDS = 90
ADVICE = "请安装 LibreOffice（Debian：apt-get install libreoffice-writer-nogui libreoffice-calc-nogui），或另存为 DOCX、XLSX"

_FILTERS = {"docx": "docx:MS Word 2007 XML", "xlsx": "xlsx:Calc MS Excel 2007 XML"}
# Nothing outside of the document is fetched, and links inside of it are never followed.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel"><value>3</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link"><value>1</value></prop></item>
</oor:items>
"""
_NO_PROXY_LEADS_OUT = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")


def installed() -> bool:
    return _program() is not None


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


@cache
def _profile(process_id: int) -> Path:
    """The profile of this process: two conversions at once on one profile lose a file without a word."""
    profile = Path(tempfile.mkdtemp(prefix=f"libreoffice-{process_id}-"))
    atexit.register(shutil.rmtree, profile, ignore_errors=True)
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    return profile


def convert(data: bytes, suffix: str, target: str) -> bytes:
    """The document, whose usual suffix is given, as DOCX or XLSX."""
    program = _program()
    if program is None:
        raise UnreadableDocument(f"读取这种旧格式要用 LibreOffice，而本机没有安装；{ADVICE}。")
    with tempfile.TemporaryDirectory(prefix="convert-") as folder:
        source = Path(folder, f"document.{suffix}")
        source.write_bytes(data)
        output = Path(folder, "out")
        command = [program, "--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation={_profile(os.getpid()).as_uri()}"]
        command += ["--convert-to", _FILTERS[target], "--outdir", str(output), str(source)]
        # A group of its own, so that the timeout also ends the process that the start script leaves behind.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | _NO_PROXY_LEADS_OUT,
            cwd=folder,
            process_group=0,
        )
        try:
            process.wait(TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise UnreadableDocument(f"LibreOffice 转换超过 {TIMEOUT_SECONDS} 秒；请另存为 DOCX 或 XLSX。") from error
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        results = list(output.glob(f"*.{target}")) if output.is_dir() else []
        if not results:
            raise UnreadableDocument("LibreOffice 打不开这个文件；请用 Word 或 WPS 打开后另存为 DOCX 或 XLSX。")
        return results[0].read_bytes()

"""The wording of alerts: one message for each document, one digest for each run, one for a failure and one for a source."""

from collections import Counter
from collections.abc import Sequence

from yusuan.alerts.news import Document, Finding, Source

SEVERITIES = {"error": "错误", "warning": "提醒", "info": "说明"}
# A message is read on a telephone: the rest stands behind the link.
MOST_FINDINGS, LONGEST_FINDING, MOST_DOCUMENTS = 8, 300, 30

Message = tuple[str, str]


def of_document(document: Document, new: Sequence[Finding], reopened: Sequence[Finding], link: str | None) -> Message:
    counts = [f"新发现{len(new)}项"] if new else []
    counts += [f"再次出现{len(reopened)}项"] if reopened else []
    both = [*new, *reopened]
    lines = [f"{_counted(both)}。{document.file_name}", _linked(document, link), ""]
    again = {finding.fingerprint for finding in reopened}
    for finding in both[:MOST_FINDINGS]:
        mark = "（再次出现）" if finding.fingerprint in again else ""
        lines.append(f"[{SEVERITIES[finding.severity]}]{mark}{_cut(finding.message)}")
    if len(both) > MOST_FINDINGS:
        lines.append(f"……另有{len(both) - MOST_FINDINGS}项")
    return f"{document.title}：{'，'.join(counts)}", "\n".join(lines)


def digest(
    documents: Sequence[tuple[Document, Sequence[Finding]]], closed: int, quarantined: Sequence[str], open_findings: Sequence[Finding]
) -> Message:
    news = [finding for _, findings in documents for finding in findings]
    lines = [f"新发现和再次出现{len(news)}项（{_counted(news)}），涉及{len(documents)}份文件；已消除{closed}项。"]
    lines += [f"- {document.title}：{_counted(findings)}" for document, findings in documents[:MOST_DOCUMENTS]]
    if len(documents) > MOST_DOCUMENTS:
        lines.append(f"- ……另有{len(documents) - MOST_DOCUMENTS}份文件")
    if quarantined:
        lines += [f"新隔离{len(quarantined)}份文件：", *(f"- {_cut(reason)}" for reason in quarantined[:MOST_DOCUMENTS])]
    lines.append(f"目前共有未消除的发现{len(open_findings)}项（{_counted(open_findings)}）。")
    return f"预算公开核查汇总：新发现和再次出现{len(news)}项", "\n".join(lines)


def failure(sentence: str) -> Message:
    return "预算数据构建失败，未发布新版本", f"{sentence}\n已发布的版本没有变化。"


def stale(source: Source) -> Message:
    since = f"自{source.since}（UTC）以来" if source.since else "从来"
    return f"数据来源{source.name}已失去更新", f"{since}未能成功获取。{_cut(source.error)}".strip()


def trial(name: str) -> Message:
    return "yusuan 告警测试", f"通道{name}工作正常。This is a test of channel {name}."


def _counted(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    return "，".join(f"{words}{counts[severity]}项" for severity, words in SEVERITIES.items() if counts[severity]) or "无"


def _linked(document: Document, link: str | None) -> str:
    if link:
        return link.format(document_id=document.document_id, file_name=document.file_name)
    return document.source_url or f"yusuan report --document {document.document_id[:12]}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_FINDING else f"{text[:LONGEST_FINDING]}…"

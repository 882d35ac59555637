"""The form of the text: every check finds its bad case, with line and quoted text, and leaves its good case alone."""

import pytest

from founding import parse_founding, parse_texts
from yusuan.parsing import Parsed

COVER = {
    "department": "某市某局\n2023年度部门预算\n\n",
    "unit": "某市某中心\n2023年度单位预算\n\n",
}
CONTENTS = "目 录\n\n第一部分 概况\n第二部分 2023年度预算情况说明\n第三部分 名词解释\n\n"
BODY = "第一部分 概况\n\n一、主要职能\n\n负责全市工作。\n\n第二部分 2023年度预算情况说明\n\n一、情况说明\n\n{}\n\n"
GLOSSARY = "第三部分 名词解释\n\n一、财政拨款收入：是指本级财政当年拨付的资金。\n"

# kind: what must be found (the text, and what is quoted of it), and what must be left alone.
CASES = {
    "template_text": (
        [
            ("基本支出5万元，比上年增加（减少）1万元。", "增加（减少）"),
            ("收入总计XX万元，支出总计××万元。", "XX万元"),
            ("20××年安排预算5万元。", "20××年"),
            ("三公经费支出预算万元，与上年持平。", "预算万元"),
            ("我单位年没有使用政府性基金预算拨款安排的支出。", "单位年没有"),
            ("公务接待费X万元，与上年持平。", "X万元"),
            ("人员经费万元，主要包括基本工资。", "人员经费万元"),
            ("支出减少1万元，主要原因是（请说明原因）人员减少。", "（请说明原因）"),
            ("支出减少1万元，主要原因是（若无则填无）。", "（若无则填无）"),
            ("【单位名称】2023年支出5万元。", "【单位名称】"),
            ("（按预算公开06表中实际发生支出填写）", "实际发生支出填写"),
        ],
        [
            "金额单位为万元。支出5万元，增加1万元。",
            "投入数百万元，设备3×5万元。",
            "（含外宾接待）费用1万元（具体见附表）。",
            "增加（减少以“-”填列）1万元。",
            "联系电话139××××1234。",
        ],
    ),
    "wrong_year": (
        [
            ("2022年收入总计5万元，支出总计5万元。", "2022年收入总计"),
            ("2023年支出预算5万元，比2023年增加1万元。", "比2023年增加1万元"),
            ("2023年支出预算5万元，与2020年相比减少1万元。", "与2020年相比减少1万元"),
            ("2022年度某市某局政府采购预算5万元。", "2022年度某市某局政府采购预算5万元"),
            ("2021年一般公共预算支出表", "2021年一般公共预算支出表"),
            ("（2022年度）", "（2022年度）"),
        ],
        [
            "2023年收入总计5万元，与2022年相比减少1万元，比2022年预算数减少1万元。",
            "截至2022年12月31日，2022年支出预算执行完毕。",
            "在2022年支出预算基础上增加1万元。",
            "2022年末实有车辆2辆，2022年项目绩效自评情况表",
        ],
    ),
    "outdated_name": (
        [("医疗卫生与计划生育（类）支出6.2万元，占0.5%。", "医疗卫生与计划生育")],
        ["卫生健康支出6.2万元。原卫生和计划生育委员会的职责。", "行政事业单位离退休人员的公用经费5万元，由文化体育与传媒局安排。"],
    ),
    "broken_sentence": (
        [
            ("基本支出增加1万元，主要原因是。项目支出1万元。", "主要原因是。"),
            ("基本支出增加1万元，主要原因：。", "主要原因：。"),
            ("项目支出1万元，主要用于。", "主要用于。"),
        ],
        ["基本支出增加1万元，主要原因是人员增加。详见变动原因。", "其中：基本支出1万元；项目支出1万元。"],
    ),
    "doubled_punctuation": (
        [("支出5万元，，其中基本支出1万元。", "，，"), ("人员增加。。", "。。"), ("人员增加，。", "，。")],
        ["基本工资、津贴补贴……等支出——共5万元。", "注：（一）、（二）两项。"],
    ),
    "end_mark": (
        [
            ("2023年支出合计5万元，其中：基本支出5万元", "基本支出5万元"),
            ("2023年支出合计5万元，其中：基本支出5万元，", "基本支出5万元，"),
            ("2023年支出合计5万元；其中：基本支出5万元；", "基本支出5万元；"),
        ],
        [
            "2023年支出合计5万元，其中：基本支出5万元。",
            "项目名称：某项目，2023年安排5万元，用于运行维护",
            "（本表由单位填报，2023年，共5万元）",
        ],
    ),
    "mixed_punctuation": (
        [
            ("2023年，支出，减少，人员，经费，项目，运行，维护，收入,结余，合计，总计，安排。", "收入,结余"),
            ("某局(含下属单位）支出，" * 2 + "，支出" * 18, "(含下属单位）"),
        ],
        ["2023年支出5万元,其中:基本支出4万元;项目支出1万元，合计。", "支出1,234.50万元，占5%，增加(减少)。"],
    ),
    "contradicting_figures": (
        [
            ("支出预算5万元，与上年持平，增加1万元。", "持平，增加1"),
            ("支出预算5万元，比上年增加0万元，增长5%。", "增加0万元，增长5%"),
            ("支出预算5万元，比上年减少0万元，增长0%。", "减少0万元，增长0%"),
            ("支出预算0万元，占3%。", "0万元，占3%"),
        ],
        [
            "支出预算5万元，与上年基本持平，增加0.01万元。",
            "支出预算5万元，比上年增加0万元，增长0%。",
            "支出10万元，占3%，增加0.00万元，增长0.02%。",
        ],
    ),
    "doubled_words": ([("支出5万元万元。", "万元万元"), ("增长5%%。", "%%")], ["支出5万元，增加1万元，增长25%。"]),
    "unbalanced_marks": (
        [("“三公经费支出1万元。", "“三公经费"), ("公务接待费（含外事接待1万元。", "（含外事"), ("按照《预算法规定执行。", "《预算法")],
        ["“三公”经费支出1万元（含接待）。", "1）第一项；2）第二项。（3）第三项，按照《预算法》。"],
    ),
    "two_amounts": (
        [("固定资产总额10万元，其中，车辆1万元，专用设备5万元，专用设备4万元。", "专用设备 5万元、4万元")],
        ["公务接待费年初预算为5万元，支出决算为4万元。", "基本支出5万元，项目支出4万元。"],
    ),
}
BAD = [(kind, text, quoted) for kind, (bad, _) in CASES.items() for text, quoted in bad]
GOOD = [(kind, text) for kind, (_, good) in CASES.items() for text in good]
# What is wrong depends on more than a sentence.
WHOLE = {
    "unit calls itself a department": COVER["unit"]
    + CONTENTS
    + BODY.format("本单位收入5万元。本单位支出5万元。本部门结转0万元。")
    + GLOSSARY,
    "unit names its department": COVER["unit"] + CONTENTS + BODY.format("本单位收入5万元。主管部门批复2023年部门预算。") + GLOSSARY,
    "department calls itself a unit": COVER["department"]
    + CONTENTS
    + BODY.format("本部门收入5万元。本部门支出5万元。我单位无结转。")
    + GLOSSARY,
    "reason is never given": COVER["unit"] + CONTENTS + BODY.format("支出减少1万元，主要原因是") + GLOSSARY,
    "chapter is missing": COVER["unit"] + CONTENTS.replace("第三部分 名词解释", "第三部分 预算表格") + BODY.format("无。") + GLOSSARY[6:],
    "headings jump": COVER["unit"]
    + CONTENTS
    + BODY.format("支出5万元。\n\n二、收入情况\n\n收入5万元。\n\n四、项目情况\n\n无。")
    + GLOSSARY,
    "headings repeat": COVER["unit"]
    + CONTENTS
    + BODY.format("支出5万元。\n\n二、收入情况\n\n收入5万元。\n\n二、项目情况\n\n无。")
    + GLOSSARY,
    "headings go on": COVER["unit"]
    + CONTENTS
    + BODY.format("支出5万元。\n\n二、收入情况\n\n一、甲\n\n二、乙\n\n三、项目情况\n\n无。")
    + GLOSSARY,
    "another agency": COVER["department"]
    + CONTENTS
    + BODY.format("某市某局2023年收入预算5万元。\n\n某市某局2023年支出预算5万元。\n\n某县水利局2023年政府采购预算5万元。")
    + GLOSSARY,
    "other agencies by right": COVER["department"]
    + CONTENTS
    + BODY.format("某市某局2023年收入预算5万元。\n\n根据某市财政局2023年部门预算批复。\n\n某局2023年支出预算5万元。")
    + GLOSSARY,
    "year of the cover": COVER["unit"].replace("2023", "2022") + CONTENTS + BODY.format("2023年收入总计5万元，支出总计5万元。") + GLOSSARY,
    "two amounts in a section": COVER["unit"]
    + CONTENTS
    + BODY.format("“三公”经费支出5万元。\n\n1.公务接待费3.00万元，与上年持平。\n\n2.公务用车运行维护费2万元。\n\n公务接待费4.00万元。")
    + GLOSSARY,
    "nothing is wrong": COVER["unit"] + CONTENTS + BODY.format("2023年收入总计5万元，支出总计5万元。") + GLOSSARY,
}


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    sentences = {
        text: COVER["department"] + CONTENTS + BODY.format(text) + GLOSSARY for text in [t for _, t, _ in BAD] + [t for _, t in GOOD]
    }
    return parse_texts(sentences | WHOLE)


def quoted(parsed: Parsed, document: str, kind: str) -> list[str]:
    return [row["text"] for row in parsed.notices.iter_rows(named=True) if (row["document_id"], row["kind"]) == (document, kind)]


@pytest.mark.parametrize(("kind", "text", "words"), BAD)
def test_what_is_wrong_is_quoted(parsed: Parsed, kind: str, text: str, words: str) -> None:
    assert any(words in found for found in quoted(parsed, text, kind))


@pytest.mark.parametrize(("kind", "text"), GOOD)
def test_what_is_right_is_left_alone(parsed: Parsed, kind: str, text: str) -> None:
    assert quoted(parsed, text, kind) == []


def test_a_notice_names_the_line_that_it_quotes(parsed: Parsed) -> None:
    text = "支出5万元，，其中基本支出1万元。"
    (line,) = parsed.notices.filter(document_id=text, kind="doubled_punctuation")["line"]

    assert (COVER["department"] + CONTENTS + BODY.format(text)).split("\n")[line - 1] == text


def test_a_unit_that_calls_itself_a_department_is_told_once_with_all_places(parsed: Parsed) -> None:
    assert len(quoted(parsed, "unit calls itself a department", "publisher_kind")) == 1
    assert len(quoted(parsed, "department calls itself a unit", "publisher_kind")) == 1
    assert quoted(parsed, "unit names its department", "publisher_kind") == []


def test_a_heading_follows_the_number_before_it(parsed: Parsed) -> None:
    assert quoted(parsed, "headings jump", "numbering") == ["四、项目情况"]
    assert quoted(parsed, "headings repeat", "numbering") == ["二、项目情况"]
    assert quoted(parsed, "headings go on", "numbering") == []


def test_a_name_that_was_copied_from_another_budget_is_told(parsed: Parsed) -> None:
    assert quoted(parsed, "another agency", "other_agency") == ["某县水利局"]
    assert quoted(parsed, "other agencies by right", "other_agency") == []


def test_where_most_places_name_another_year_than_the_cover_it_is_told_once(parsed: Parsed) -> None:
    assert len(quoted(parsed, "year of the cover", "wrong_year")) == 1


def test_an_item_of_which_there_is_one_has_one_amount_in_its_section(parsed: Parsed) -> None:
    assert quoted(parsed, "two amounts in a section", "two_amounts") == ["公务接待费 3.00万元、4.00万元"]


def test_the_line_of_a_mark_without_partner_is_named_and_not_that_of_its_sentence() -> None:
    text = (
        COVER["unit"] + CONTENTS + BODY.format("2023年支出预算五万元，比上年减少一万元，主要原因是\n人员减少，“三公经费压减。") + GLOSSARY
    )
    (line,) = parse_texts({"d": text}).notices.filter(kind="unbalanced_marks")["line"]

    assert text.split("\n")[line - 1].startswith("人员减少")


def test_a_reason_that_is_announced_before_a_heading_and_not_given_is_a_broken_sentence(parsed: Parsed) -> None:
    assert quoted(parsed, "reason is never given", "broken_sentence") == ["支出减少1万元，主要原因是"]


def test_a_chapter_that_the_contents_list_promises_is_looked_for(parsed: Parsed) -> None:
    assert quoted(parsed, "chapter is missing", "missing_chapter") == ["第三部分预算表格"]
    assert quoted(parsed, "nothing is wrong", "missing_chapter") == []


def test_a_sound_text_has_no_notice_and_every_check_has_looked_at_it(parsed: Parsed) -> None:
    looked = set(parsed.examined.filter(parsed.examined["document_id"] == "nothing is wrong")["check_id"])

    assert [row for row in parsed.notices.iter_rows(named=True) if row["document_id"] == "nothing is wrong"] == []
    assert {f"wording.{kind}" for kind in ("template_text", "wrong_year", "outdated_name", "broken_sentence", "two_amounts")} <= looked


def test_what_careful_readers_found_in_the_founding_texts_is_found() -> None:
    found = {(row["document_id"], row["kind"], row["line"]) for row in parse_founding().notices.iter_rows(named=True)}

    assert ("000", "two_amounts", 123) in found
    assert ("004", "outdated_name", 419) in found
    assert {("004", "split_sentence", 429), ("004", "split_sentence", 461)} <= found
    assert not [key for key in found if key[0] in ("000", "002", "004") and key[1] in ("template_text", "wrong_year", "unbalanced_marks")]


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("共有车辆3辆，其中：一般公务用车2辆、执法执勤用车1辆、其他用车0辆。", None),
        ("共有车辆3辆，其中：一般公务用车2辆、执法执勤用车0辆、其他用车0辆。", "2辆"),
        ("共有车辆3辆，其中：一般公务用车4辆。", "4辆"),
        # The list need not be complete.
        ("共有车辆3辆，其中：一般公务用车2辆。", None),
        ("实有人数9人，其中：在职8人，减少2人；退休1人，增加1人；离休0人，增加0人。", None),
        ("实有人数9人，其中：在职8人，减少2人；退休2人，增加1人；离休0人，增加0人。", "10人"),
        # The former may be some of the latter, and the retired are counted once.
        ("实有人数28人，其中：行政人员20人，在职25人。", None),
        ("实有人数28人，其中：在职25人，离退休人员3人（离休1人、退休2人）。", None),
        ("实有人数28人，其中：在职25人，其中：行政20人；退休3人。", None),
    ],
)  # fmt: skip
def test_vehicles_and_people_are_as_many_as_their_parts(text: str, listed: str | None) -> None:
    notices = parse_texts({"d": f"一、人员和车辆情况\n\n{text}\n"}).notices.filter(kind="counted_parts")

    assert [message.rsplit("相加为")[-1] for message in notices["message"]] == ([] if listed is None else [listed])

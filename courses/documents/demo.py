"""Two document lessons of the demo's shop: a handbook for busy days as PDF, and slides about returned parcels."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from sqlalchemy import select

from courses.lessons.models import Lesson
from courses.lessons.services import Draft, create_lesson, show
from lms.kernel.db import db
from lms.media.services import store_upload

TEACHES = "first-reply"
FONT = "STSong-Light"  # Adobe's own name; readers have a font for it, so none is embedded
HANDBOOK = (
    (
        "一、开场前一小时",
        (
            "登录工作台，确认自动回复已换成活动版，离线留言已清空。",
            "把活动商品的库存、预售尾款时间和发货时间各看一遍，写在便签上。",
            "确认今天谁带班、谁处理投诉、谁能批补偿，手机保持畅通。",
            "水杯装满，椅子调好；连续接待两小时要起身五分钟。",
        ),
    ),
    (
        "二、进线高峰",
        (
            "先应一声，再查。每位买家三十秒内要看到一句真人的话。",
            "同一个问题一小时内出现五次，报带班，由带班改公告或自动回复。",
            "不确定的活动规则不凭印象答，回复“我核实一下，十分钟内告诉您”，并设提醒。",
            "买家着急时，先复述问题，再说下一步和时间，不争对错。",
        ),
    ),
    (
        "三、常见的三种难题",
        (
            "抢不到券：说明券已领完，给出现在能用的优惠，不承诺补券。",
            "付款后降价：按店内价保规则处理，超出规则的转带班，当天答复。",
            "催发货：先看订单承诺的发货时间，没到的说准日子，过了的先道歉再给办法。",
        ),
    ),
    (
        "四、收班",
        (
            "未了结的会话逐条写交接：买家要什么、答应了什么、什么时候回。",
            "把今天新出现的问题写进“新问题”表，附一段原话。",
            "带班看三段回复最慢的会话，第二天晨会讲一讲为什么慢。",
        ),
    ),
)
SLIDES = (
    ("拒收件怎么跟", ("包裹回仓前，买家最怕钱没了着落", "我们要做的：说清到哪一步、哪天退款")),
    (
        "第一步：看物流",
        ("拒收已登记：告诉买家预计几天回仓", "物流没更新：先找快递核实，两小时内回复", "误点拒收：问清要不要重新派送"),
    ),
    ("第二步：说退款", ("回仓验收后退款，说到哪天，不说“尽快”", "付款方式不同，到账时间不同，照下一页的表说")),
)
TABLE = (
    ("付款方式", "退款发起后多久到账"),
    ("零钱、余额", "当天"),
    ("储蓄卡", "一到三个工作日"),
    ("信用卡", "三到七个工作日"),
)


def run(context: Any) -> str:
    """Upload both files and publish a lesson for each."""
    like = db.session.scalars(select(Lesson).where(Lesson.slug == TEACHES)).one()
    at = context.days_ago(7, hour=16)
    _lesson(
        context,
        like,
        at,
        "大促值班手册",
        "大促值班手册.pdf",
        _handbook(),
        "开场前、高峰、收班各做什么，值班当天放在手边。",
    )
    _lesson(context, like, at, "拒收件跟进课件", "拒收件跟进.pptx", _slides(), "四页讲清怎么跟拒收件、怎么说退款时间。")
    return "2 节文档课时"


def _lesson(context: Any, like: Lesson, at: datetime, title: str, filename: str, data: bytes, summary: str) -> None:
    trainer, shop = context.person("trainer"), context.shop("songguo")
    media = store_upload(actor=trainer, shop_id=shop.id, stream=io.BytesIO(data), filename=filename, at=at)
    lesson = create_lesson(
        actor=trainer,
        draft=Draft(title=title, body="", summary=summary, minutes=6, settings={"media": media.ref}),
        competencies=like.activity.competencies,
        shop_id=shop.id,
        type_name="file",
        at=at,
    )
    show(lesson=lesson, at=at, by_id=trainer.id)


def _handbook() -> bytes:
    from reportlab.lib.pagesizes import A5
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    plain = ParagraphStyle("plain", fontName=FONT, fontSize=11, leading=20, wordWrap="CJK", spaceAfter=7)
    heading = ParagraphStyle("heading", parent=plain, fontSize=15, leading=24, spaceBefore=14, textColor="#0b7a6f")
    title = ParagraphStyle("title", parent=plain, fontSize=24, leading=34, spaceAfter=4)
    story: list[Any] = [Paragraph("大促值班手册", title), Paragraph("松果文具客服部", plain), Spacer(1, 10)]
    for name, lines in HANDBOOK:
        story.append(Paragraph(name, heading))
        story += [Paragraph(f"{number}. {line}", plain) for number, line in enumerate(lines, start=1)]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A5, title="大促值班手册", invariant=1, topMargin=48, bottomMargin=48).build(story)
    return out.getvalue()


def _slides() -> bytes:
    from pptx import Presentation
    from pptx.util import Cm

    deck = Presentation()
    for heading, lines in SLIDES:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = heading
        slide.placeholders[1].text_frame.text = "\n".join(lines)
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "退款多久到账"
    table = slide.shapes.add_table(len(TABLE), 2, Cm(2), Cm(5), Cm(20), Cm(6)).table
    for row, cells in enumerate(TABLE):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()

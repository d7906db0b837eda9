"""A course that the demo's trainer has built: modules, a lesson that was changed after people finished it, a review."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from courses.lessons.models import Lesson
from courses.lessons.publishing import publish, submit
from courses.lessons.queries import version_of
from courses.lessons.services import Draft, complete_lesson, create_lesson, edit_lesson, open_lesson
from courses.outline.services import add_module, create_course, take_lesson
from lms.kernel.db import db
from lms.learning.enums import Dimension
from lms.learning.models import Competency
from lms.people.models import Person

BULK = """买家一次要几十本，开口多半是“能不能便宜点”。先问清用途和数量，再按阶梯价报。

## 先问两件事

- 要多少本、哪天用？
- 是自己用还是单位采购？单位采购常要发票和统一送货。

```chat 正例
买家: 这款本子我要五十本，能便宜点吗
客服: 五十本可以按团购价，每本少八毛。您是哪天要用？我看看仓库一次能不能发齐
买家: 下周三开会用
客服: 周五前下单，下周二能到，我给您备注同一包裹发出
点评: 先给答案，再问用途，最后把日子说死
```

## 价格怎么报

满三十本按团购价，满一百本报给主管单独核价。

```自测
问：买家说“别家比你便宜”，先说什么？
答：先问对方看中哪一款、要多少，再比同款的页数和纸张，不评价别家。
```
"""
BULK_NEW = BULK.replace(
    "满三十本按团购价，满一百本报给主管单独核价。",
    "满三十本按团购价，满八十本报给主管单独核价。\n\n报价写明有效期：当天有效，隔天重新核价。",
).replace("- 要多少本、哪天用？", "- 要多少本、哪天用、送到哪里？")
BULK_WAITING = BULK_NEW.replace(
    "点评: 先给答案，再问用途，最后把日子说死", "点评: 先给答案，再问用途；日子要查过仓库才说"
)
PAPER = """本子最常被问的是“会不会洇墨”。说得出克重和笔的搭配，买家就放心。

## 三句话说清

```清单
80 克双胶纸：中性笔、圆珠笔不洇，钢笔细尖可以
100 克道林纸：钢笔、荧光笔都可以，反面看不到字
牛皮纸封面怕水，寄送有防潮袋
```

```chat 反例
买家: 用钢笔写会透吗
客服: 不会的亲
点评: 没问笔尖粗细就打包票，收到后容易退货
```
"""


def run(context: Any) -> str:
    """Build the course on what the earlier steps made."""
    trainer, admin = context.person("trainer"), context.person("admin")
    shop, agents = context.shop("songguo"), context.agents("songguo")
    at = context.days_ago(9, hour=10)
    course = create_course(
        actor=trainer,
        title="松果文具：售前接待",
        summary="从看懂商品到谈成大单，给售前两个组的新人。",
        shop_id=shop.id,
        at=at,
    )
    product = add_module(actor=trainer, course=course, title="看懂商品", at=at)
    deals = add_module(actor=trainer, course=course, title="谈成订单", at=at)

    def write(title: str, summary: str, body: str, dimension: Dimension, module: Any) -> Lesson:
        return create_lesson(
            actor=trainer,
            draft=Draft(title, body, summary, 6),
            competencies=[_competency(dimension)],
            shop_id=shop.id,
            course=course,
            module=module,
            at=at,
        )

    paper = write("纸张与笔怎么配", "会不会洇墨，三句话说清", PAPER, Dimension.KNOWLEDGE, product)
    bulk = write("量大优惠怎么谈", "先问用途和数量，再按阶梯价报", BULK, Dimension.SKILL, deals)
    for lesson in (paper, bulk):
        submit(actor=trainer, lesson=lesson, note="新课，请看看说法是否合适", at=at)
        publish(actor=admin, lesson=lesson, number=1, at=at + timedelta(hours=3))
    for n, agent in enumerate(agents[:7]):
        _finish(agent, bulk, 1, at + timedelta(hours=5 + 7 * n))
    _renew(trainer, bulk, BULK_NEW, "起报线改为八十本，补报价有效期", context.days_ago(4, hour=15))
    publish(actor=admin, lesson=bulk, number=2, at=context.days_ago(4, hour=17))
    for n, agent in enumerate(agents[:2]):
        _finish(agent, bulk, 2, context.days_ago(3, hour=10 + 3 * n))
    _renew(trainer, bulk, BULK_WAITING, "日子要先查仓库再答应", context.days_ago(1, hour=11))
    copied = db.session.scalars(
        select(Lesson).where(Lesson.shop_id == shop.id, Lesson.course_id.is_(None)).order_by(Lesson.id)
    ).first()
    if copied is not None:
        take_lesson(actor=trainer, course=course, lesson=copied, at=context.days_ago(1, hour=12))
    return "1 门课程，2 章；1 节课时等待审核"


def _renew(trainer: Person, lesson: Lesson, body: str, note: str, at: datetime) -> None:
    newest = version_of(lesson, lesson.latest_number)
    edit_lesson(
        actor=trainer,
        lesson=lesson,
        draft=Draft(newest.title, body, newest.summary, newest.minutes),
        competencies=lesson.activity.competencies,
        base=lesson.latest_number,
        at=at,
    )
    submit(actor=trainer, lesson=lesson, note=note, at=at + timedelta(minutes=5))


def _finish(person: Person, lesson: Lesson, number: int, at: datetime) -> None:
    version = version_of(lesson, number)
    opening = open_lesson(actor=person, lesson=lesson, version=version, at=at)
    complete_lesson(
        person=person,
        lesson=lesson,
        version=version,
        at=at + timedelta(minutes=5),
        task=opening.task,
        duration_seconds=300,
    )


def _competency(dimension: Dimension) -> Competency:
    query = select(Competency).where(Competency.dimension == dimension, Competency.shop_id.is_(None))
    return db.session.scalars(query.order_by(Competency.code, Competency.id)).first()  # type: ignore[return-value]

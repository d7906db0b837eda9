"""Made-up phones, orders, tracking numbers, addresses, names: what masking must take out of the demo chats. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from lms.demo.content.format import words

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = words(
    "子轩|雨桐|浩宇|欣怡|梓涵|诗琪|俊熙|佳怡|一诺|思远|晓燕|海霞|建国|丽娟|志强|婷婷|国栋|美玲|秀英|永康|"
    "嘉豪|若曦|晨曦|文博|明哲|静怡|立伟|凤兰|红梅|春生"
)
_PLACES = (
    ("浙江省杭州市余杭区", "良渚街道", "古墩路"),
    ("江苏省苏州市吴中区", "木渎镇", "金山南路"),
    ("广东省佛山市顺德区", "大良街道", "凤山中路"),
    ("四川省成都市武侯区", "簇桥街道", "万兴路"),
    ("河南省郑州市金水区", "文化路街道", "东风路"),
    ("湖南省长沙市岳麓区", "望城坡街道", "枫林三路"),
    ("山东省青岛市黄岛区", "薛家岛街道", "长江东路"),
    ("辽宁省沈阳市铁西区", "兴工街道", "建设中路"),
    ("福建省泉州市丰泽区", "东湖街道", "湖心街"),
    ("陕西省西安市雁塔区", "小寨路街道", "朱雀大街"),
)
_ESTATES = ("锦绣花园", "阳光新城", "翠竹苑", "书香名邸", "滨江壹号", "和谐家园")
_MAIL = ("163.com", "qq.com", "126.com", "foxmail.com")


@dataclass
class Identifiers:
    """Draws identifiers and remembers each, so that a test can look for them where they must not be."""

    rng: random.Random
    drawn: dict[str, list[str]] = field(default_factory=dict)

    def _keep(self, kind: str, text: str) -> str:
        self.drawn.setdefault(kind, []).append(text)
        return text

    def _digits(self, n: int) -> str:
        return "".join(self.rng.choice("0123456789") for _ in range(n))

    def phone(self) -> str:
        prefix = self.rng.choice(("13", "15", "17", "18", "19")) + str(self.rng.randint(3, 8))
        return self._keep("phone", prefix + self._digits(8))

    def order(self) -> str:
        return self._keep("order", str(self.rng.randint(11, 39)) + self._digits(17))

    def tracking(self) -> str:
        prefix, length = self.rng.choice((("YT", 13), ("SF", 13), ("78", 12)))
        return self._keep("tracking", prefix + str(self.rng.randint(1, 9)) + self._digits(length - 1))

    def person(self) -> str:
        return self._keep("name", self.rng.choice(_SURNAMES) + self.rng.choice(_GIVEN))

    def address(self) -> str:
        city, town, road = self.rng.choice(_PLACES)
        r = self.rng.randint
        house = f"{road}{r(11, 899)}号{self.rng.choice(_ESTATES)}{r(1, 28)}栋{r(1, 3)}单元{r(2, 26)}0{r(1, 4)}室"
        return city + town + self._keep("address", house)

    def email(self) -> str:
        word = self.rng.choice(("caiwu", "xiaoyu", "lan", "chen", "bao", "office")) + self._digits(4)
        return self._keep("email", f"{word}@{self.rng.choice(_MAIL)}")

    def wechat(self) -> str:
        return self._keep("wechat", self.rng.choice(("lele", "momo", "xiaotu", "anan")) + "_" + self._digits(5))

    def fill(self, text: str) -> str:
        """``text`` with its ``{phone}``, ``{order}`` … replaced, each by a fresh one."""
        makers = {
            "{phone}": self.phone,
            "{order}": self.order,
            "{tracking}": self.tracking,
            "{name}": self.person,
            "{address}": self.address,
            "{email}": self.email,
            "{wechat}": self.wechat,
        }
        for slot, make in makers.items():
            while slot in text:
                text = text.replace(slot, make(), 1)
        return text

"""Invented identifiers in the ways people write them; KINDS has a maker for each kind."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.conversations.receivers import address, person, receiver
from tests.conversations.seeds import CIRCLED, FULL, HAN, HAN2, HAN3, Seeded, digits, mobile

COURIERS = ["SF", "YT", "JD", "JDVA", "ZTO", "STO", "YD", "JT", "DPK", "EMS"]


def id_card(rnd: Random) -> str:
    body = (
        rnd.choice(["110101", "330106", "440305", "510107", "320506"])
        + str(rnd.randint(1950, 2012))
        + f"{rnd.randint(1, 12):02}{rnd.randint(1, 28):02}"
        + digits(rnd, 3)
    )
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def luhn(rnd: Random, n: int) -> str:
    body = rnd.choice(["622202", "621700", "622848", "436742", "524094", "601382"]) + digits(rnd, n - 7)
    total = 0
    for i, d in enumerate(reversed(body)):
        x = int(d) * (2 if i % 2 == 0 else 1)
        total += x - 9 if x > 9 else x
    return body + str(-total % 10)


def spaced(rnd: Random, number: str, groups: list[int], seps: str = " -") -> str:
    sep, out, at = rnd.choice(seps), [], 0
    for size in groups:
        out.append(number[at : at + size])
        at += size
    if number[at:]:
        out.append(number[at:])
    return sep.join(out)


def write_mobile(rnd: Random, n: str) -> str:
    return rnd.choice(
        [
            lambda: n,
            lambda: n,
            lambda: n,
            lambda: spaced(rnd, n, [3, 4, 4], " -.·_、"),
            lambda: spaced(rnd, n, [3, 4, 4], "—－ "),
            lambda: "+86" + n,
            lambda: "+86 " + n,
            lambda: "0086" + n,
            lambda: "86-" + n,
            lambda: "(+86)" + n,
            lambda: "+86-" + spaced(rnd, n, [3, 4, 4], "-"),
            lambda: n.translate(FULL),
            lambda: "＋８６" + n.translate(FULL),
            lambda: n.translate(HAN),
            lambda: n.translate(HAN2),
            lambda: n.translate(HAN3),
            lambda: n[:3] + n[3:7].translate(HAN) + n[7:],
            lambda: " ".join(n),
            lambda: "-".join(n),
            lambda: n.translate(CIRCLED).replace("0", "⓪"),
            lambda: n[:5] + "\u200b" + n[5:],
            lambda: n[:4] + " " + n[4:8] + " " + n[8:],
            lambda: spaced(rnd, n, [3, 3, 5]),
            lambda: n[:7] + " " + n[7:],
            lambda: n[:3] + " " + n[3:],
            lambda: n[:3] + "****" + n[7:],
            lambda: n[:7] + "**",
            lambda: spaced(rnd, n, [3, 2, 2, 2, 2]),
            lambda: "0" + n,
            lambda: n.replace("0", "o") if n.count("0") <= 4 else n,
            lambda: spaced(rnd, n.translate(FULL), [3, 4, 4], "　－"),
        ]
    )()


SAYS = [
    "{}",
    "我的电话{}",
    "电话：{}",
    "打我手机 {}",
    "手机号是{}，谢谢",
    "{}这个号码打不通",
    "联系{}吧",
    "麻烦联系一下{}哦",
    "请拨打{}",
    "tel:{}",
    "收货人电话改成{}",
    "加我{}",
    "（{}）",
    "号码{}能改吗",
    "备用号码:{}。",
    "电话{}微信同号",
    "明天送之前打{}",
    "2件,电话{},尽快发",
]


def phone(rnd: Random) -> Seeded:
    n = mobile(rnd)
    written = write_mobile(rnd, n)
    return Seeded("phone", rnd.choice(SAYS).format(written), (written, n))


def landline(rnd: Random) -> Seeded:
    area = rnd.choice(["010", "021", "0571", "0755", "028", "0371"])
    local = rnd.choice("2568") + digits(rnd, 7 if len(area) == 3 else rnd.choice([6, 7]))
    written = rnd.choice(
        [
            f"{area}-{local}",
            f"({area}){local}",
            f"（{area}）{local}",
            f"{area} {local}",
            f"{area}{local}",
            f"{area}-{local[:4]} {local[4:]}" if len(local) == 8 else f"{area}-{local}",
            f"{area}-{local}转{digits(rnd, 3)}",
            f"{area}-{local}".translate(FULL),
            f"{area}－{local}".translate(HAN),
        ]
    )
    return Seeded("landline", rnd.choice(SAYS).format(written), (local, written))


def order(rnd: Random) -> Seeded:
    said = [
        "订单号{}",
        "订单号：{}",
        "订单编号: {}",
        "单号 {} 查一下",
        "我的订单是{}",
        "订单{}什么时候发",
        "帮我查下订单：{}",
        "订单号为{}的",
        "這個訂單號：{}",
        "交易号{}",
        "退款编号 {}",
        "售后单号：{}",
        "订单编号：{}，商品少了一件",
        "咨询订单号：{} 商品ID：100012043978",
        "order no. {}",
    ]
    bare = ["{}", "{} 这个单", "麻烦看下{}", "{}怎么还没到", "{},{{}}"[:3]]
    n = digits(rnd, rnd.choice([10, 11, 12, 12, 15, 16, 17, 18, 19])).replace("0", "3", 1)
    n = rnd.choice("2345678") + n[1:]
    written = rnd.choice(
        [
            n,
            n,
            n,
            n.translate(FULL),
            rnd.choice(["XS", "P", "D", "DD-", "E"]) + "20231111" + digits(rnd, 6),
            f"2311{digits(rnd, 2)}-{digits(rnd, 15)}",
            digits(rnd, 8) + "**",
            "7" + digits(rnd, 8),
        ]
    )
    forms = said if len([c for c in written if c.isdigit()]) < 10 or not written[:1].isdigit() else said + bare
    return Seeded("order", rnd.choice(forms).format(written), (written,))


def tracking(rnd: Random) -> Seeded:
    prefix = rnd.choice(COURIERS)
    body = digits(rnd, rnd.choice([12, 13, 15]))
    written = rnd.choice(
        [
            prefix + body,
            prefix.lower() + body,
            f"{prefix} {body}",
            prefix + spaced(rnd, body, [4, 4], " "),
            (prefix + body).translate(FULL),
            body,
            f"JD{digits(rnd, 13)}-1-1-",
            f"EA{digits(rnd, 9)}CN",
            f"77{digits(rnd, 13)}",
            f"43{digits(rnd, 11)}",
        ]
    )
    return Seeded(
        "tracking",
        rnd.choice(
            [
                "{}",
                "快递单号{}",
                "运单号：{}",
                "顺丰 {}",
                "物流单号是{}，查一下到哪了",
                "快递{}两天没动了",
                "圆通快递 {}",
                "单号：{}",
            ]
        ).format(written),
        (written,),
    )


def identity(rnd: Random) -> Seeded:
    n = id_card(rnd)
    written = rnd.choice(
        [
            n,
            n,
            n.lower(),
            f"{n[:6]} {n[6:14]} {n[14:]}",
            f"{n[:6]}-{n[6:14]}-{n[14:]}",
            n.translate(FULL),
            n[:6] + n[8:17],
            n.translate(HAN),
            f"{n[:3]} {n[3:6]} {n[6:10]} {n[10:14]} {n[14:]}",
        ]
    )
    return Seeded(
        "id_card",
        rnd.choice(["{}", "身份证{}", "身份证号：{}", "身份证号码是{}，海关要的", "证件号 {}", "实名用{}"]).format(
            written
        ),
        (written,),
    )


def bank(rnd: Random) -> Seeded:
    n = luhn(rnd, rnd.choice([16, 19]))
    written = rnd.choice([n, n, spaced(rnd, n, [4, 4, 4, 4]), n.translate(FULL)])
    return Seeded(
        "bank_card",
        rnd.choice(["{}", "卡号{}", "银行卡号：{}", "退到我的工行卡 {}", "建设银行 {}", "打到{}这张卡"]).format(
            written
        ),
        (written,),
    )


def email(rnd: Random) -> Seeded:
    user = rnd.choice(
        [
            digits(rnd, 9).replace("0", "1"),
            "lily_" + digits(rnd, 4),
            "zhang.wei",
            "wang-" + digits(rnd, 3),
            "abc" + digits(rnd, 5),
        ]
    )
    host = rnd.choice(
        ["qq.com", "163.com", "gmail.com", "126.com", "foxmail.com", "sina.com.cn", "vip.qq.com", "company-mail.cn"]
    )
    plain = f"{user}@{host}"
    written = rnd.choice(
        [
            plain,
            plain,
            plain.upper(),
            plain.translate(FULL),
            f"{user} @ {host}",
            f"{user}@{host}".replace(".com", "。com"),
            *(
                [f"{user}#{host}", f"{user}(at){host}", f"{user}艾特{host}"]
                if host in ("qq.com", "163.com", "126.com", "gmail.com")
                else []
            ),
        ]
    )
    return Seeded(
        "email",
        rnd.choice(["{}", "发票发到{}", "邮箱：{}", "我邮箱是{}，谢谢", "电子发票请发{}哦"]).format(written),
        (written,),
    )


def wechat(rnd: Random) -> Seeded:
    user = rnd.choice(
        [
            "lily" + digits(rnd, 4),
            "wxid_" + digits(rnd, 8) + "abc",
            "happy-cat" + digits(rnd, 2),
            "zhang_wei88",
            "a" + digits(rnd, 7),
        ]
    )
    return Seeded(
        "wechat",
        rnd.choice(
            [
                "微信号{}",
                "加微信{}",
                "微信：{}",
                "我的微信是{}",
                "vx {}",
                "VX:{}",
                "wx：{}",
                "v信 {} 加我",
                "薇信{}",
                "微信号是 {}",
                "加我wx {}",
                "微 信：{}".replace(" ", ""),
            ]
        ).format(user),
        (user,),
    )


def qq(rnd: Random) -> Seeded:
    n = rnd.choice("123456789") + digits(rnd, rnd.choice([5, 7, 8, 9]))
    return Seeded(
        "qq",
        rnd.choice(["QQ{}", "qq：{}", "QQ号{}", "加我QQ {}", "我的扣扣是{}", "企鹅 {}", "ＱＱ：{}"]).format(n),
        (n,),
    )


def plate(rnd: Random) -> Seeded:
    n = (
        rnd.choice("京沪粤浙苏川")
        + rnd.choice("ABCDEF")
        + rnd.choice(["", "·", " "])
        + rnd.choice("ABDEF")
        + digits(rnd, 4)
    )
    return Seeded("plate", rnd.choice(["车牌{}", "{}", "我的车是{}"]).format(n), (n,))


KINDS: dict[str, Callable[[Random], Seeded]] = {
    "phone": phone,
    "landline": landline,
    "order": order,
    "tracking": tracking,
    "id_card": identity,
    "bank_card": bank,
    "email": email,
    "wechat": wechat,
    "qq": qq,
    "address": address,
    "name": person,
    "receiver": receiver,
    "plate": plate,
}

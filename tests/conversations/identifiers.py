"""Invented identifiers in the ways people write them, and normal chat that must stay as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

SURNAMES = list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤") + ["欧阳", "司马", "诸葛", "上官"]
GIVEN = list("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文鑫宇浩然子轩雨桐梓涵欣怡思远晨曦嘉诚佳琪一诺")
CITIES = [("浙江省", "杭州市", "西湖区"), ("广东省", "深圳市", "南山区"), ("江苏省", "苏州市", "吴中区"), ("四川省", "成都市", "武侯区"), ("河南省", "郑州市", "金水区"), ("山东省", "青岛市", "市南区"), ("湖北省", "武汉市", "洪山区"), ("河北省", "石家庄市", "长安区"), ("广西壮族自治区", "南宁市", "青秀区"), ("黑龙江省", "哈尔滨市", "道里区"), ("", "北京市", "朝阳区"), ("", "上海市", "浦东新区"), ("云南省", "大理白族自治州", "大理市"), ("福建省", "泉州市", "安溪县")]
ROADS = ["文三路", "人民路", "中山北路", "解放大道", "科技园南路", "和平街", "建设西街", "二环东路", "永康巷", "学府三道街", "世纪大道", "长江路", "新华南路", "柳浪胡同"]
PLACES = ["阳光花园", "万科城市花园", "绿地国际花都小区", "幸福里小区", "书香苑", "翡翠公寓", "中央大厦", "时代广场", "金色家园", "保利香槟国际小区", "龙湖天街写字楼"]
VILLAGES = ["王家村", "李庄", "小张屯", "石桥村", "柳树湾村"]
TOWNS = ["城关镇", "大河镇", "洛羊街道", "三塘乡", "高新街道"]
COURIERS = ["SF", "YT", "JD", "JDVA", "ZTO", "STO", "YD", "JT", "DPK", "EMS"]
FULL = str.maketrans("0123456789-+@.ABCDEFGHIJKLMNOPQRSTUVWXYZ", "０１２３４５６７８９－＋＠．ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ")
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
HAN2 = str.maketrans("0123456789", "〇幺二三四五六七八九")
HAN3 = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
CIRCLED = str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")


@dataclass(frozen=True)
class Seeded:
    """A message with an identifier in it; none of ``secrets`` may stand in what is stored."""

    kind: str
    text: str
    secrets: tuple[str, ...]


def digits(rnd: Random, n: int) -> str:
    return "".join(rnd.choice("0123456789") for _ in range(n))


def mobile(rnd: Random) -> str:
    return "1" + rnd.choice(["30", "35", "36", "38", "39", "47", "50", "51", "58", "59", "66", "73", "77", "80", "82", "86", "88", "91", "98", "99"]) + digits(rnd, 8)


def name(rnd: Random) -> str:
    return rnd.choice(SURNAMES) + "".join(rnd.sample(GIVEN, rnd.choice([1, 2, 2, 2])))


def id_card(rnd: Random) -> str:
    body = rnd.choice(["110101", "330106", "440305", "510107", "320506"]) + str(rnd.randint(1950, 2012)) + f"{rnd.randint(1, 12):02}{rnd.randint(1, 28):02}" + digits(rnd, 3)
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
    return rnd.choice([
        lambda: n, lambda: n, lambda: n, lambda: spaced(rnd, n, [3, 4, 4], " -.·_、"), lambda: spaced(rnd, n, [3, 4, 4], "—－ "), lambda: "+86" + n, lambda: "+86 " + n,
        lambda: "0086" + n, lambda: "86-" + n, lambda: "(+86)" + n, lambda: "+86-" + spaced(rnd, n, [3, 4, 4], "-"), lambda: n.translate(FULL), lambda: "＋８６" + n.translate(FULL),
        lambda: n.translate(HAN), lambda: n.translate(HAN2), lambda: n.translate(HAN3), lambda: n[:3] + n[3:7].translate(HAN) + n[7:], lambda: " ".join(n), lambda: "-".join(n),
        lambda: n.translate(CIRCLED).replace("0", "⓪"), lambda: n[:5] + "\u200b" + n[5:], lambda: n[:4] + " " + n[4:8] + " " + n[8:], lambda: spaced(rnd, n, [3, 3, 5]),
        lambda: n[:7] + " " + n[7:], lambda: n[:3] + " " + n[3:], lambda: n[:3] + "****" + n[7:], lambda: n[:7] + "**", lambda: spaced(rnd, n, [3, 2, 2, 2, 2]), lambda: "0" + n,
        lambda: n.replace("0", "o") if n.count("0") <= 4 else n, lambda: spaced(rnd, n.translate(FULL), [3, 4, 4], "　－"),
    ])()  # fmt: skip


SAYS = ["{}", "我的电话{}", "电话：{}", "打我手机 {}", "手机号是{}，谢谢", "{}这个号码打不通", "联系{}吧", "麻烦联系一下{}哦", "请拨打{}", "tel:{}", "收货人电话改成{}", "加我{}", "（{}）", "号码{}能改吗", "备用号码:{}。", "电话{}微信同号", "明天送之前打{}", "2件,电话{},尽快发"]


def phone(rnd: Random) -> Seeded:
    n = mobile(rnd)
    written = write_mobile(rnd, n)
    return Seeded("phone", rnd.choice(SAYS).format(written), (written, n))


def landline(rnd: Random) -> Seeded:
    area = rnd.choice(["010", "021", "0571", "0755", "028", "0371"])
    local = rnd.choice("2568") + digits(rnd, 7 if len(area) == 3 else rnd.choice([6, 7]))
    written = rnd.choice([f"{area}-{local}", f"({area}){local}", f"（{area}）{local}", f"{area} {local}", f"{area}{local}", f"{area}-{local[:4]} {local[4:]}" if len(local) == 8 else f"{area}-{local}", f"{area}-{local}转{digits(rnd, 3)}", f"{area}-{local}".translate(FULL), f"{area}－{local}".translate(HAN)])
    return Seeded("landline", rnd.choice(SAYS).format(written), (local, written))


def order(rnd: Random) -> Seeded:
    said = ["订单号{}", "订单号：{}", "订单编号: {}", "单号 {} 查一下", "我的订单是{}", "订单{}什么时候发", "帮我查下订单：{}", "订单号为{}的", "這個訂單號：{}", "交易号{}", "退款编号 {}", "售后单号：{}", "订单编号：{}，商品少了一件", "咨询订单号：{} 商品ID：100012043978", "order no. {}"]
    bare = ["{}", "{} 这个单", "麻烦看下{}", "{}怎么还没到", "{},{{}}"[:3]]
    n = digits(rnd, rnd.choice([10, 11, 12, 12, 15, 16, 17, 18, 19])).replace("0", "3", 1)
    n = rnd.choice("2345678") + n[1:]
    written = rnd.choice([n, n, n, n.translate(FULL), rnd.choice(["XS", "P", "D", "DD-", "E"]) + "20231111" + digits(rnd, 6), f"2311{digits(rnd, 2)}-{digits(rnd, 15)}", digits(rnd, 8) + "**", "7" + digits(rnd, 8)])
    forms = said if len([c for c in written if c.isdigit()]) < 10 or not written[:1].isdigit() else said + bare
    return Seeded("order", rnd.choice(forms).format(written), (written,))


def tracking(rnd: Random) -> Seeded:
    prefix = rnd.choice(COURIERS)
    body = digits(rnd, rnd.choice([12, 13, 15]))
    written = rnd.choice([prefix + body, prefix.lower() + body, f"{prefix} {body}", prefix + spaced(rnd, body, [4, 4], " "), (prefix + body).translate(FULL), body, f"JD{digits(rnd, 13)}-1-1-", f"EA{digits(rnd, 9)}CN", f"77{digits(rnd, 13)}", f"43{digits(rnd, 11)}"])
    return Seeded("tracking", rnd.choice(["{}", "快递单号{}", "运单号：{}", "顺丰 {}", "物流单号是{}，查一下到哪了", "快递{}两天没动了", "圆通快递 {}", "单号：{}"]).format(written), (written,))


def identity(rnd: Random) -> Seeded:
    n = id_card(rnd)
    written = rnd.choice([n, n, n.lower(), f"{n[:6]} {n[6:14]} {n[14:]}", f"{n[:6]}-{n[6:14]}-{n[14:]}", n.translate(FULL), n[:6] + n[8:17], n.translate(HAN), f"{n[:3]} {n[3:6]} {n[6:10]} {n[10:14]} {n[14:]}"])
    return Seeded("id_card", rnd.choice(["{}", "身份证{}", "身份证号：{}", "身份证号码是{}，海关要的", "证件号 {}", "实名用{}"]).format(written), (written,))


def bank(rnd: Random) -> Seeded:
    n = luhn(rnd, rnd.choice([16, 19]))
    written = rnd.choice([n, n, spaced(rnd, n, [4, 4, 4, 4]), n.translate(FULL)])
    return Seeded("bank_card", rnd.choice(["{}", "卡号{}", "银行卡号：{}", "退到我的工行卡 {}", "建设银行 {}", "打到{}这张卡"]).format(written), (written,))


def email(rnd: Random) -> Seeded:
    user = rnd.choice([digits(rnd, 9).replace("0", "1"), "lily_" + digits(rnd, 4), "zhang.wei", "wang-" + digits(rnd, 3), "abc" + digits(rnd, 5)])
    host = rnd.choice(["qq.com", "163.com", "gmail.com", "126.com", "foxmail.com", "sina.com.cn", "vip.qq.com", "company-mail.cn"])
    plain = f"{user}@{host}"
    written = rnd.choice([plain, plain, plain.upper(), plain.translate(FULL), f"{user} @ {host}", f"{user}@{host}".replace(".com", "。com"), *([f"{user}#{host}", f"{user}(at){host}", f"{user}艾特{host}"] if host in ("qq.com", "163.com", "126.com", "gmail.com") else [])])
    return Seeded("email", rnd.choice(["{}", "发票发到{}", "邮箱：{}", "我邮箱是{}，谢谢", "电子发票请发{}哦"]).format(written), (written,))


def wechat(rnd: Random) -> Seeded:
    user = rnd.choice(["lily" + digits(rnd, 4), "wxid_" + digits(rnd, 8) + "abc", "happy-cat" + digits(rnd, 2), "zhang_wei88", "a" + digits(rnd, 7)])
    return Seeded("wechat", rnd.choice(["微信号{}", "加微信{}", "微信：{}", "我的微信是{}", "vx {}", "VX:{}", "wx：{}", "v信 {} 加我", "薇信{}", "微信号是 {}", "加我wx {}", "微 信：{}".replace(" ", "")]).format(user), (user,))


def qq(rnd: Random) -> Seeded:
    n = rnd.choice("123456789") + digits(rnd, rnd.choice([5, 7, 8, 9]))
    return Seeded("qq", rnd.choice(["QQ{}", "qq：{}", "QQ号{}", "加我QQ {}", "我的扣扣是{}", "企鹅 {}", "ＱＱ：{}"]).format(n), (n,))


def address(rnd: Random) -> Seeded:
    province, city, district = rnd.choice(CITIES)
    short = rnd.random() < 0.3
    region = (province.rstrip("省") + city.rstrip("市") + district) if short else province + city + district
    glue = rnd.choice(["", "", "", " ", "，"])
    if glue:
        region = glue.join(part for part in (province, city, district) if part)
    number = rnd.randint(1, 999)
    road = rnd.choice(ROADS)
    place = rnd.choice(PLACES)
    unit = rnd.choice(["{b}栋{u}单元{r}室", "{b}号楼{u}单元{r}", "{b}幢{r}", "{b}栋{r}", "{b}-{u}-{r}", "{b}座{r}室", "{b}号楼{r}室"]).format(b=rnd.randint(1, 30), u=rnd.randint(1, 4), r=rnd.randint(101, 3204))
    village = f"{rnd.choice(TOWNS)}{rnd.choice(VILLAGES)}{rnd.choice(['三组', '2组', '五队', '三组28号', '168号', ''])}"
    details = [(f"{road}{number}号", (f"{road}{number}",)), (f"{road}{number}号{place}{unit}", (f"{road}{number}", unit)), (f"{place}{unit}", (place, unit)), (f"{road}{number}弄{rnd.randint(1, 60)}号{rnd.randint(101, 999)}室", (road,)), (village, (village,)), (f"{road}与{rnd.choice(ROADS)}交叉口{place}", (road,))]
    detail, secrets = rnd.choice(details)
    with_region = rnd.random() < 0.7
    whole = (region + glue if with_region else "") + detail
    if not with_region and detail == village:
        whole = village
    if rnd.random() < 0.15:
        whole, secrets = whole.translate(FULL), tuple(s.translate(FULL) for s in secrets)
    if rnd.random() < 0.1:
        table = str.maketrans("号楼单区县镇乡东华", "號樓單區縣鎮鄉東華")
        whole, secrets = whole.translate(table), tuple(s.translate(table) for s in secrets)
    form = rnd.choice(["{}", "地址：{}", "收货地址：{}", "收货地址改成{}", "寄到{}", "我在{}", "送到{}就行", "地址是{}，麻烦改一下", "帮我发到{}谢谢", "改地址 {}"])
    return Seeded("address", form.format(whole), secrets)


def person(rnd: Random) -> Seeded:
    n = name(rnd)
    form = rnd.choice(["收货人：{}", "收货人{}", "收件人：{}", "收件人是{}", "联系人:{}", "联系人 {}", "姓名：{}", "收货人姓名：{}", "我叫{}", "收货人改成{}", "{}先生", "{}女士", "请问是{}先生吗", "配送员:{}，电话马上发您", "快递员{}正在派送", "收货人：{}，麻烦备注", "配送员{}为您配送", "户名：{}", "收件人写{}", "快递小哥叫{}"])
    return Seeded("name", form.format(n), (n,))


def receiver(rnd: Random) -> Seeded:
    n, m = name(rnd), mobile(rnd)
    a = address(rnd)
    where = a.text.split("：")[-1] if "：" in a.text else a.secrets[0]
    province, city, district = rnd.choice(CITIES)
    where = f"{province}{city}{district}{rnd.choice(ROADS)}{rnd.randint(1, 300)}号{rnd.choice(PLACES)}{rnd.randint(1, 20)}栋{rnd.randint(101, 2999)}"
    parts = [n, m, where]
    if rnd.random() < 0.4:
        rnd.shuffle(parts)
    text = rnd.choice([" ", "，", ",", "  ", "\n", "、"]).join(parts)
    if rnd.random() < 0.3:
        text = f"收货人：{n}\n手机：{m}\n地址：{where}"
    return Seeded("receiver", text, (n, m, where[-12:]))


def plate(rnd: Random) -> Seeded:
    n = rnd.choice("京沪粤浙苏川") + rnd.choice("ABCDEF") + rnd.choice(["", "·", " "]) + rnd.choice("ABDEF") + digits(rnd, 4)
    return Seeded("plate", rnd.choice(["车牌{}", "{}", "我的车是{}"]).format(n), (n,))


KINDS: dict[str, Callable[[Random], Seeded]] = {
    "phone": phone, "landline": landline, "order": order, "tracking": tracking, "id_card": identity, "bank_card": bank, "email": email, "wechat": wechat, "qq": qq, "address": address,
    "name": person, "receiver": receiver, "plate": plate,
}  # fmt: skip

"""Invented people and addresses in the ways people write them."""

from __future__ import annotations

from random import Random

from tests.conversations.seeds import FULL, Seeded, mobile

SURNAMES = [
    *list(
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁"
        "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴"
        "莫孔汤"
    ),
    "欧阳",
    "司马",
    "诸葛",
    "上官",
]
GIVEN = list(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文鑫宇浩然子轩雨桐梓涵欣怡思远晨曦嘉诚佳琪一诺"
)
CITIES = [
    ("浙江省", "杭州市", "西湖区"),
    ("广东省", "深圳市", "南山区"),
    ("江苏省", "苏州市", "吴中区"),
    ("四川省", "成都市", "武侯区"),
    ("河南省", "郑州市", "金水区"),
    ("山东省", "青岛市", "市南区"),
    ("湖北省", "武汉市", "洪山区"),
    ("河北省", "石家庄市", "长安区"),
    ("广西壮族自治区", "南宁市", "青秀区"),
    ("黑龙江省", "哈尔滨市", "道里区"),
    ("", "北京市", "朝阳区"),
    ("", "上海市", "浦东新区"),
    ("云南省", "大理白族自治州", "大理市"),
    ("福建省", "泉州市", "安溪县"),
]
ROADS = [
    "文三路",
    "人民路",
    "中山北路",
    "解放大道",
    "科技园南路",
    "和平街",
    "建设西街",
    "二环东路",
    "永康巷",
    "学府三道街",
    "世纪大道",
    "长江路",
    "新华南路",
    "柳浪胡同",
]
PLACES = [
    "阳光花园",
    "万科城市花园",
    "绿地国际花都小区",
    "幸福里小区",
    "书香苑",
    "翡翠公寓",
    "中央大厦",
    "时代广场",
    "金色家园",
    "保利香槟国际小区",
    "龙湖天街写字楼",
]
VILLAGES = ["王家村", "李庄", "小张屯", "石桥村", "柳树湾村"]
TOWNS = ["城关镇", "大河镇", "洛羊街道", "三塘乡", "高新街道"]


def name(rnd: Random) -> str:
    return rnd.choice(SURNAMES) + "".join(rnd.sample(GIVEN, rnd.choice([1, 2, 2, 2])))


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
    unit = rnd.choice(
        ["{b}栋{u}单元{r}室", "{b}号楼{u}单元{r}", "{b}幢{r}", "{b}栋{r}", "{b}-{u}-{r}", "{b}座{r}室", "{b}号楼{r}室"]
    ).format(b=rnd.randint(1, 30), u=rnd.randint(1, 4), r=rnd.randint(101, 3204))
    village = f"{rnd.choice(TOWNS)}{rnd.choice(VILLAGES)}{rnd.choice(['三组', '2组', '五队', '三组28号', '168号', ''])}"
    details = [
        (f"{road}{number}号", (f"{road}{number}",)),
        (f"{road}{number}号{place}{unit}", (f"{road}{number}", unit)),
        (f"{place}{unit}", (place, unit)),
        (f"{road}{number}弄{rnd.randint(1, 60)}号{rnd.randint(101, 999)}室", (road,)),
        (village, (village,)),
        (f"{road}与{rnd.choice(ROADS)}交叉口{place}", (road,)),
    ]
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
    form = rnd.choice(
        [
            "{}",
            "地址：{}",
            "收货地址：{}",
            "收货地址改成{}",
            "寄到{}",
            "我在{}",
            "送到{}就行",
            "地址是{}，麻烦改一下",
            "帮我发到{}谢谢",
            "改地址 {}",
        ]
    )
    return Seeded("address", form.format(whole), secrets)


def person(rnd: Random) -> Seeded:
    n = name(rnd)
    form = rnd.choice(
        [
            "收货人：{}",
            "收货人{}",
            "收件人：{}",
            "收件人是{}",
            "联系人:{}",
            "联系人 {}",
            "姓名：{}",
            "收货人姓名：{}",
            "我叫{}",
            "收货人改成{}",
            "{}先生",
            "{}女士",
            "请问是{}先生吗",
            "配送员:{}，电话马上发您",
            "快递员{}正在派送",
            "收货人：{}，麻烦备注",
            "配送员{}为您配送",
            "户名：{}",
            "收件人写{}",
            "快递小哥叫{}",
        ]
    )
    return Seeded("name", form.format(n), (n,))


def receiver(rnd: Random) -> Seeded:
    n, m = name(rnd), mobile(rnd)
    province, city, district = rnd.choice(CITIES)
    house = f"{rnd.choice(ROADS)}{rnd.randint(1, 300)}号{rnd.choice(PLACES)}"
    where = f"{province}{city}{district}{house}{rnd.randint(1, 20)}栋{rnd.randint(101, 2999)}"
    parts = [n, m, where]
    if rnd.random() < 0.4:
        rnd.shuffle(parts)
    text = rnd.choice([" ", "，", ",", "  ", "\n", "、"]).join(parts)
    if rnd.random() < 0.3:
        text = f"收货人：{n}\n手机：{m}\n地址：{where}"
    return Seeded("receiver", text, (n, m, where[-12:]))

"""Names of buyers and couriers: after the words that announce one, before 先生 and 女士, beside a phone or address."""

from __future__ import annotations

import re

from lms.conversations.masking.regions import CITIES, PROVINCES
from lms.conversations.masking.spans import Spans

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦马苗凤花方俞任"
    "袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常"
    "乐于傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路"
    "娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍"
    "虞万支柯管卢莫房解应宗丁宣邓郁单杭洪包诸左石崔吉龚程嵇邢裴陆荣翁荀羊惠甄曲封储靳段富巫乌焦巴牧隗谷车侯宓蓬仰秋"
    "仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙"
    "叶幸司黎薄宿白怀蒲邰鄂索咸赖卓蔺屠蒙池乔阳胥苍闻莘党翟谭贡劳姬申扶堵冉宰桑桂濮牛寿扈燕冀浦尚农温庄晏柴瞿阎习艾"
    "容古易慎戈廖庾暨衡耿弘"
    "匡文寇广阙欧巩聂关荆游覃仵佘肖代付闫岳涂帅佟苑曾向沙饶简敖占冼麦练丘冷敬靳裘竺桓晁辛阚鞠丰巢蒯查辜湛檀揭植盖权仝亓"
)
_COMPOUND = "欧阳|上官|司马|司徒|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|东方|南宫|长孙|宇文|轩辕|端木|独孤|百里|呼延"
_S = rf"(?:{_COMPOUND}|[{_SURNAMES}])"
# The hundred commonest, for places where a name is only likely.
_TOP = (
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范石姚谭廖邹熊陆郝孔崔邱秦江史顾侯邵孟龙雷]"
)
_C = r"[\u4e00-\u9fff]"
# Characters that go on with the sentence and hardly ever end a given name.
_GOES_ON = (
    "的吗吧呢啊了是在和与不没有可请帮改要到电手地号码收联您你我他她它这那就都也还说能会被给去来过把让打送寄"
    "发货，。等先女叫换为或及以因所但对后前中上下里个"
)
_G = rf"[^\W\d_A-Za-z{_GOES_ON}]"
_NAME = rf"(?:{_S}{_G}{{1,2}}|{_C}{{1,6}}[·•・.]{_C}{{1,8}})"

_LABEL = (
    r"(?:(?:收货|收件|联系|寄件|发件|提货|签收|持卡|开户|订货|取件|下单|购买|经办|退款|接收|收款|预约|预订)人(?:姓名"
    r"|名字|名称|名)?|真实姓名|姓名|户名|本名|全名|机主|户主|抬头"
    r"|收货信息|收件信息|客户名称?|(?<![品店款铺牌])名字)"
)
_IS = r"(?:[ \t]*(?:[:：=]|改成|改为|换成|换为|写成|填成|写的?|填的?|应该是|就是|是|叫做|叫|为)[ \t:：]*)+"
_STOP = r"(?=[^\u4e00-\u9fffA-Za-z0-9·]|[0-9]|$|电话|手机|地址|收|联系|身份证|住址)"
_SAID = re.compile(
    rf"(?:{_LABEL}|(?<![\u4e00-\u9fff])(?:收|收货|收件|寄|寄件)(?=[ ]*[:：]))"
    rf"(?:[ \t]*[:：=][ \t]*(?P<any>{_G}{{2,6}}){_STOP}|{_IS}(?P<name>{_NAME}|[A-Z][a-z]+(?: [A-Z][a-z]+){{1,2}})"
    rf"|[ \t,，、]{{0,3}}(?P<bare>{_NAME}){_STOP})"
)
_LATIN = re.compile(
    r"(?:收货人|收件人|联系人|姓名|名字|户名)[ \t:：是叫为]+(?P<name>[A-Za-z]{2,15}(?:[ "
    r"][A-Za-z]{2,15}){0,2})(?![A-Za-z])"
)
_CALLED = re.compile(
    rf"(?:我叫|我的名字叫|我名字叫|本人(?:叫|姓名|的名字是)|我老公叫|我老婆叫|我妈叫|我爸叫|名叫|我是叫)[ "
    rf"]?(?P<name>{_S}{_G}{{1,2}}"
    rf"|[小阿老]{_G}(?=[^\u4e00-\u9fffA-Za-z·]|$))"
)
_SIGNS = re.compile(
    rf"(?:由|给|叫|让|写|[，,。：:\s]|^)(?P<name>{_S}{_G}{{1,2}})(?=(?:代)?[签亲]?收(?:[，,。！!\s）)]|$))"
)
_I_AM = re.compile(rf"(?:我是|这里是|本人是?)(?P<name>{_TOP}{_G}{{1,2}})(?=[^\u4e00-\u9fffA-Za-z·]|$)")
_TITLED = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<name>{_S}{_G}{{0,2}})(?=先生|女士|小姐|太太|师傅|老师|阿姨|大姐|大哥|经理|主管|店长"
    rf"|同学)"
    rf"|(?P<inner>{_C}{{1,4}})(?=先生|女士|小姐)"
    rf"|(?P<master>{_TOP})(?=师傅)"
    rf"|(?:(?<![安配快等联跟装])师傅|快递员|配送员|快递小哥|小哥|骑手|业务员|派送员|站长|送货员|派件员|揽收员|收派员"
    rf"|投递员|安装工|工程师|安装师傅|维修师傅|送货师傅|配送师傅)"
    rf"(?:姓名)?(?:[ \t:：\-]|是|叫|为|姓|名字?)*(?P<courier>{_NAME})(?=[^\u4e00-\u9fffA-Za-z·]|$|电话|手机|联系"
    rf"|为您|正在|会|将|的|已)"
)
_SURNAME_SAID = re.compile(rf"(?:我姓|免贵姓|本人姓|客户姓|机主姓|收货人姓)(?P<name>{_S})")
_FULL = re.compile(rf"{_S}{_G}{{0,2}}")
_REGIONS = frozenset(PROVINCES) | frozenset(CITIES)
_MASKED = r"\[(?:手机号|电话|电话x|地址|地址x|身份证号)\]"
_BESIDE = re.compile(
    rf"(?:^|(?<=[ ,，、。:：;；\n\]哦！!？?]))(?P<before>{_S}{_G}{{1,2}}"
    rf"|{_S}[^\W\d_A-Za-z，。]{{1,2}})(?:[\s,，、:：/\-+|]|收|先生"
    rf"|女士|\(|（|电话|手机)*(?={_MASKED})"
    rf"|(?:(?<=[号话址]\])|(?<=[话址]x\]))[\s,，、:：/\-（(+|]*(?P<after>{_S}{_G}{{1,2}})(?=[^\u4e00-\u9fffA-Za-z·]"
    rf"|收|$)"
)
_ALREADY = re.compile(r"[\u4e00-\u9fff][*＊xX某]{1,2}(?![A-Za-z])")
_WORDS_TEXT = (
    "方便 高兴 安全 安装 金额 时间 麻烦 查询 查看 关于 包邮 包装 温度 全部 常用 万一 任何 成功 严重 应该 支付 支持 "
    "平台 计算 许多 何时 施工 强烈 费用 管理 路由 "
    "申请 申通 单号 单位 车牌 车型 相关 经常 连接 连续 包裹 能否 都是 都有 国内 国外 国际 农村 文件 文字 温馨 容易 "
    "双方 房子 房间 石头 白色 黄色 蓝色 金色 "
    "成都 温州 高级 江苏 江西 安徽 常州 石家庄 连云港 康复 武汉 金华 方式 元旦 平时 平常 常见 常规 华为 向您 贵公司 "
    "强制 成本 成交 成为 应当 应用 利用 应急 "
    "易碎 终于 终端 于是 关闭 关机 万能 东西 东边 東西 全新 全国 全款 全额 计划 纪念 顾客 项目 解决 解释 解除 管家 "
    "房东 应付 黄金 花钱 花费 水果 古典 房客 房东 万五 万三 查收 查下 查一 查了 "
    "查件 丰富 冷藏 冷冻 冷水 冷风 权益 权限 辛苦 简单 沙发 盖子 向商 向卖 占用 练习 植物 "
    "双十一 双十二 国庆 燕窝 米饭 马上 和我 祝您 祝福 谈谈 章程 步骤 步行 舒服 舒适 鲍鱼 汤匙 毛巾 毛衣 金属 皮带 "
    "皮革 牛奶 牛肉 羊毛 羊肉 花生 麻辣 梅花 桂花 "
    "柏木 松木 桑叶 石材 石榴 江浙沪 广东 广西 广州 广告 东莞 安卓 夏天 夏季 秋天 秋季 冬季 白天 白条 单独 单个 单品 "
    "单价 双面 双层 双人 多少 连锁 党员 尚未 "
    "段时间 卓越 有效 经理 余额 童装 童鞋 居然 居家 满意 满减 满足 步步 能量 能效 富贵 富裕 于此 游戏 游客 农历 欧洲 "
    "国产 阳台 阳光 谢谢 支架 管道 解锁 边框 车间 "
    "宁可 宁愿 扶手 鲁班 封面 封口 封装 储值 储物 景区 宿舍 能用 甘蔗 容量 步数 强度 高度 温和 平均 明天 华丽 习惯 "
    "柔软 万分 经济 计时 计较 连同 计入 关注 关心 "
    "成员 成人 安心 安排 平安 全家 全身 常温 方法 方面 方案 单子 房租 顾虑 包含 包括 项链 金牌 金币 祝贺 米色 花色 "
    "申诉 车上 车主 车位 车载 索赔 索要 向上 边上 "
    "费心 广大 文案 元素 利率 白酒 红酒 路上 路费 路线 戴上 盛开 封闭 易用 易拉 邮寄 邮政 段落 束缚 应有 连衣裙 严格 "
    "严禁 施加 能力 都行 都可 乐意 乐观 强力 温水 "
    "高温 高清 高端 高价 高中 高考 万元 全都 全是 平方 平板 康师傅 安全员 麻烦您 石膏 程序 程度 贺卡 葛根 龙头 龙虾 "
    "雷达 戈壁 车厘子"
)
_WORDS = frozenset(_WORDS_TEXT.split())


_NOBODY_TEXT = "本人 同上 客服 顾客 同前 一样 售后 仓库 自己 朋友 同事 家人 老板 前台 门卫 保安"
_NOBODY = frozenset(_NOBODY_TEXT.split())


def _real(name: str) -> bool:
    return name not in _WORDS and name[:2] not in _WORDS and name not in _NOBODY and name not in _REGIONS


def _titled_from(text: str) -> int:
    """How many of the characters before 先生 are the name: 请转告|王小明, 帮我查下|张."""
    for length in (4, 3, 2, 1):
        name = text[-length:]
        if len(name) == length and _FULL.fullmatch(name) and _real(name):
            return length
    return 0


def find_names(text: str, spans: Spans) -> None:
    """Names in ``text``, whose numbers and addresses are masked already."""
    for pattern in (_SAID, _CALLED, _SIGNS, _I_AM, _LATIN):
        for match in pattern.finditer(text):
            group = match.lastgroup or ""
            if _real(match[group]) and not _ALREADY.match(text, match.start(group)):
                spans.add(match.start(group), match.end(group), "name")
    for match in _SURNAME_SAID.finditer(text):
        spans.add(match.start("name"), match.end("name"), "name")
    for match in _TITLED.finditer(text):
        group = match.lastgroup or ""
        start = match.start(group)
        if group == "inner":
            start = match.end(group) - _titled_from(match[group])
        if text[start : match.end(group)] and _real(text[start : match.end(group)]):
            spans.add(start, match.end(group), "name")


def find_names_beside(text: str, spans: Spans) -> None:
    """Names beside a masked phone or address, the way receivers are copied: 张三 [手机号] [地址]."""
    for match in _BESIDE.finditer(text):
        for group in ("before", "after"):
            if match[group] and _real(match[group]):
                spans.add(match.start(group), match.end(group), "name")

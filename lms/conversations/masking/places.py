"""Addresses: words for places are found, joined where they stand close together, and weighed.

"江苏苏州" or "浙江省几天到" names a region and stays, for shipping times are worth learning; what leads to a door goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lms.conversations.masking.regions import CITIES, PROVINCES
from lms.conversations.masking.spans import Spans

_C = r"\u4e00-\u9fff"
_N = r"0-9一二三四五六七八九十百零〇两"
_PROVINCE = rf"(?:{'|'.join(PROVINCES)})(?:维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|省|市)?"
_CITY = rf"(?:{'|'.join(sorted(CITIES, key=len, reverse=True))})(?:市|地区|自治州|州|盟)?"
TRIGGER = re.compile(
    rf"[0-9{_C}](?:路|街|大道|巷|弄|胡同|村|镇|乡|县|区|市|旗|省|栋|幢|座|室|单元|号楼|楼|花园|公寓|大厦|庄|屯|苑|组"
    rf"|道[0-9])|[0-9]号|广场|社区"
    rf"|大学|学院|学校|中学|小学|医院|酒店|驿站|公司|路口|交叉口|交汇处|地址|住址|寄到|送到|发到"
)
# Each alternative is a word that places; the group tells its weight.
_WORD = re.compile(
    rf"(?P<province>{_PROVINCE})|(?P<city>{_CITY})"
    rf"|(?P<unit>(?<![0-9.第])(?:[甲乙丙丁附东西南北A-Za-z]?[{_N}]{{1,5}}[A-Za-z甲乙]?(?:[-#之][{_N}A-Za-z]{{1,5}})"
    rf"{{0,3}}"
    rf"|[A-Za-z甲乙丙丁])[ ]?"
    rf"(?:号楼|号院|号门|[弄栋幢座塔](?!位)|单元|[室户房](?![内外间])|门牌|铺|档))"
    rf"|(?P<number>(?<![0-9.第])[甲乙丙丁附]?[{_N}]{{1,5}}(?:[-之][{_N}]{{1,4}})?[ ]?"
    rf"(?:号(?![码召外称角线色店])|层楼?|楼(?![上下主梯盘])|组(?![合装件])|大队|队|门(?![口票外卫])|期))"
    rf"|(?P<tail>(?<![0-9.\-])[0-9]{{1,4}}(?:[-#—][0-9]{{1,4}}){{1,3}}(?![0-9\-]))"
    rf"|(?P<road>(?<=[0-9{_C}A-Za-z])(?:大道|大街|公路|国道|省道|环路|胡同|路(?![由上过边费线程人况途径障])"
    rf"|街(?![道头舞拍])|巷(?!子口)|弄(?=[0-9])"
    rf"|(?<![频渠味报知管通轨跑车赛])道(?=[0-9])))"
    rf"|(?P<area>(?<=[{_C}])(?:自治县|自治州|自治旗|街道(?:办事处)?|开发区|高新区|新区|林场|农场|镇(?!定|静|痛)"
    rf"|乡(?![下亲镇统村])|县(?![城级政])"
    rf"|(?<!小)(?<!地)(?<!专)(?<!分)(?<!时)(?<!社)(?<!园)(?<!景)(?<!厂)(?<!校)(?<!山)(?<!郊)(?<!市)(?<!贸)区(?![别"
    rf"域分间块政级])"
    rf"|(?<!超)(?<!上)(?<!城)(?<!都)(?<!退)市(?![场面值内区民级政])|旗(?![舰下袍帜])))"
    rf"|(?P<place>(?<=[0-9{_C}A-Za-z·])(?:交叉路?口|交汇处|路口|小区|社区|花园|家园|公寓|大厦|广场|工业园区?|工业区"
    rf"|科技园|产业园|园区|新村"
    rf"|(?<!乡)[村屯庄](?![里民上])|别墅|[一-龥]苑|佳苑|华府|名邸|豪庭|新城|国际城|商城|市场|大学|学院|中学|小学"
    rf"|幼儿园|学校|医院|宿舍|酒店|宾馆|驿站|代收点|自提点|丰巢柜?|派出所|公司"
    rf"|[一-龥]厂|写字楼|[一-龥]湾|[一-龥]府|[一-龥]城(?=[0-9A-Za-z]|$)|花苑|嘉苑"
    rf"|[一-龥]园(?=[0-9A-Za-z一二三四五六七八九])|[一-龥]居(?=[0-9])))"
)
_HARD = frozenset(
    "或到在是为寄送发给改换去往您你他她我的这那把请帮吗呢吧啊叫说址货家，。！？；：:,.;!?、【】[]（）()<>《》\"'“”‘’"
    "\n\t\r|~～*="
)
_SOFT = frozenset("和跟从于都也还要想能了就现至换离住收 可有没不会")
_PREFIX = re.compile(
    r"(?:(?:收货|收件|寄件|退货|退换货|详细|家庭|公司|单位|邮寄|送货|配送|发货|新|旧|老|原|我的|具体|默认)?(?:地址"
    r"|住址)(?:信息)?"
    r"(?:[ ]*(?:改成|改为|改到|改|换成|换到|写的|填的|就是|应该是|是|为|在|[:：])+[ ]*|(?=[0-9一-龥]{2,6}[省市区县]))"
    r"|(?:寄到|寄往|送到|送往|发到|发往|邮寄到|派送到|配送到|投递到|搬到|改送|改到|改成|改为|(?:我|家|现在)住在?"
    r"|家在)[ ]*)"
)
_CLAUSE = re.compile(r"[^，。！？；;!?\n\[\]【】]{2,60}")
_ASKED = re.compile(r"什么|哪|多少|怎么|吗|呢|不对|错|没|能|可以|一样|几|不是|？")


_DOOR = ("unit", "number", "tail")


@dataclass
class _Cluster:
    """Neighbouring place words. housed: a number stands right behind a road or place; stacked: behind a unit."""

    start: int
    end: int
    first: str
    kinds: list[str]
    housed: bool = False
    stacked: bool = False

    def add(self, kind: str, gap: int, end: int) -> None:
        """Take the next word, ``gap`` characters behind the last."""
        before = self.kinds[-1]
        if kind in _DOOR and gap <= 1:
            self.housed = self.housed or before in ("road", "place")
            self.stacked = self.stacked or (before in _DOOR and "unit" in (before, kind))
        self.end = end
        self.kinds.append(kind)

    def weighs_enough(self) -> bool:
        count = self.kinds.count
        area, road, place = count("area"), count("road"), count("place")
        region = bool(count("province")) + bool(count("city"))
        door = count("unit") + count("tail")
        return (
            self.housed
            or self.stacked
            or (place >= 1 and door >= 1 and self.kinds[-1] in _DOOR)
            or (road >= 2 and place >= 1)
            or (region + area >= 2 and area >= 1 and road + place + door + count("number") >= 1)
            or (region + area >= 2 and road + place >= 1)
            or region + area >= 3
            or (area >= 1 and road + place >= 1)
        )

    def weighs_enough_if_announced(self, name_length: int) -> bool:
        """Whether it is an address where the text says that one follows; ``name_length``: characters before it.

        送到|自提点 and 地址是|学校 name no place; 送到|阳光花园 does.
        """
        kinds = set(self.kinds)
        return bool(kinds & {"road", "unit", "number"}) or len(kinds) >= 2 or ("place" in kinds and name_length >= 2)


def _gap_is_open(gap: str, kind: str) -> bool:
    """Whether two words with ``gap`` between them belong to one address."""
    limit = 12 if kind != "city" else 8
    if len(gap) > limit or sum(gap.count(char) for char in " ,，、/-_") > 2:
        return False
    return all(char in " ,，、/-_#()（）·" or char.isalnum() for char in gap) and not any(
        char in "到在是为寄送发给您你他她我的这那吗呢吧啊了" for char in gap
    )


def _clusters(text: str) -> list[_Cluster]:
    found: list[_Cluster] = []
    for match in _WORD.finditer(text):
        kind = match.lastgroup or ""
        last = found[-1] if found else None
        if kind == "province" and last is not None and last.end < match.start():
            last = None  # a province begins an address; "湖北，重庆九龙坡区" is a list
        if last is not None and _gap_is_open(text[last.end : match.start()], kind):
            if kind == "tail" and last.kinds[-1] in ("province", "city"):
                continue
            last.add(kind, len(text[last.end : match.start()].strip()), match.end())
        elif kind != "tail":
            found.append(_Cluster(match.start(), match.end(), kind, [kind]))
    return found


def _reach_left(text: str, start: int, floor: int) -> int:
    """Where the name before the first place word begins: 和平|路, not 和我家|路."""
    at = start
    while at > floor and start - at < 7:
        char = text[at - 1]
        if char in _HARD or not (char.isalnum() or char == "·") or (char in _SOFT and start - at >= 2):
            break
        at -= 1
    return at


_HARD_OR_SOFT = _HARD | _SOFT
_HOUSE = re.compile(r"[0-9A-Za-z\u4e00-\u9fff\-]{1,10}(?=[ ，。！？；,.;!?）)\n]|$|请|\[)")
_AFTER = re.compile(
    r"(?:[ ]?(?:[A-Za-z]?[0-9]{1,4}(?:[-#][0-9]{1,4})*|[A-Za-z])(?![0-9A-Za-z元块件天个年月日点%.]))(?:室|号|房)?"
)


def find_addresses(folded: str, spans: Spans) -> None:
    """Addresses, announced ones (地址：…, 寄到…) first."""
    clusters = _clusters(folded)
    for prefix in _PREFIX.finditer(folded):
        clause = _CLAUSE.match(folded, prefix.end())
        if clause is None:
            continue
        inside = [c for c in clusters if clause.start() <= c.start < clause.end()]
        if not inside:
            continue
        first = inside[0]
        lead = folded[clause.start() : first.start]
        at = (
            _reach_left(folded, first.start, clause.start()) if first.first not in ("province", "city") else first.start
        )
        if first.weighs_enough_if_announced(first.start - at):
            whole = len(lead) <= 7 and not any(char in " 不没" for char in lead)
            spans.add(clause.start() if whole else at, _reach_right(folded, first), "address")
    floor = 0
    for cluster in clusters:
        if cluster.weighs_enough():
            start = cluster.start
            if cluster.first in ("road", "area", "place"):
                start = _reach_left(folded, cluster.start, floor)
            spans.add(start, _reach_right(folded, cluster), "address")
        floor = cluster.end


def _reach_right(text: str, cluster: _Cluster) -> int:
    """Take what ends the address: a bare door number (…3单元|501), the house behind a full one (…12号|万科城)."""
    end = cluster.end
    if match := _AFTER.match(text, end):
        end = match.end()
    if len(set(cluster.kinds)) >= 3 and (match := _HOUSE.match(text, end)) and not _HARD_OR_SOFT & set(match[0]):
        end = match.end()
    return end

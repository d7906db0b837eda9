"""Words that an agent must not use: absolute claims under the advertising law, and what offends a buyer.

The lists are written for service chats: a word that is mostly lawful there (最近, 第一时间, 七天无理由, 100%棉) is only
taken together with what makes it a claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import Side
from lms.qa.checks.protocol import ChatText, Hit, quote_of
from lms.qa.checks.settings import ShopSettings

# Article 9 (3) of the advertising law names 国家级, 最高级 and 最佳 "and the like"; 16–18 forbid promises of a cure.
_CLAIMS = (
    r"最(?:佳|好的(?![恩嗯呢哦哈啊呀了吧，。,.~ ]|$)|优(?:质|秀|惠)|高级|高端|先进|权威|专业|安全|畅销|便宜|低价|实惠|划算|优越|顶级|正宗|新鲜|受欢迎|时尚|流行|舒适|耐用|环保)",  # noqa: E501
    r"(?:质量|品质|效果|性价比|口感|材质|服务|价格)(?:是|都是)?(?:全网|业内|国内)?最(?:好|高|低|强|棒|优)",
    r"(?:全网|全国|行业|业内|国内|世界|全球|亚洲|销量|销售|排名|口碑|人气|质量|品质|品类|类目)(?:的)?第一(?!时间|次|步|批)",
    r"第一(?:品牌|名牌)|(?<![a-z])(?:no\.?|top)\s?1(?!\d)|(?:全网|全国|行业|国内|世界|全球)(?:唯一|首家|首发|首创|独家|最)",
    r"国家级|世界级|宇宙级|国家免检|质量免检|(?:国家|中央)领导人?|国宴|驰名商标|人民大会堂",
    r"顶级|极品|史无前例|前无古人|绝无仅有|独一无二|空前绝后|无与伦比|无可比拟|天下无双|无敌(?!风火轮)|全能王|销量冠军|领袖品牌|领导品牌",
    r"百分之?百(?:正品|有效|安全|好评|满意|保证|能|会|不|没|可以|放心)|100\s?%\s?(?:正品|有效|安全|好评|满意|保证|能|会|不|没|可以|放心|无)",
    r"绝对(?:正品|安全|有效|放心|是|不会|没有|没问题|无|能|可以|保证|值)",
    r"永久(?:有效|保修|质保|免费|不|使用|去除)|永不(?!上)|零(?:风险|差评|缺陷|添加剂|副作用)|万能(?!胶|充|插|表|遥控|转换|钥匙|夹|锅|头)",
    r"根治|治愈|包治|药到病除|无(?:毒)?副作用|(?:防|抗|治)癌|彻底(?:治|祛|去除)|(?:能|可以|有)治疗(?!期)|疗效(?:显著|好|快)",
)
_NOT = re.compile(r"(?:不是|不算|并非|没有|不能|不敢|不保证|无法|不|非|别说|禁止)(?:说|算|保证|叫|称|宣传)?(?:是)?$")

_TABOO = (
    (r"(?:我|我们|这边|这个|那个|暂时|也|都)*不(?:太)?(?:知道|清楚|了解)(?:[呢哦的啊呀哈啦了哒~～]*)(?=$|[，。！!,. ])", "推脱"),  # noqa: E501
    (r"(?:我|我们|这边|也|都|那就?|实在|是|就)+没(?:有)?办法(?:了|的|呢|哦|啊|呀)*(?=$|[，。！!,. ])", "推脱"),
    (r"不(?:归|关)(?:我|我们|客服)|不是我(?:们)?(?:负责|管|的事|的问题|的责任)|(?:跟|和|与)(?:我|我们)(?:没|无)关|我(?:们)?不管|我(?:们)?管不了", "推脱"),  # noqa: E501
    (r"(?:你|您)?自己(?:不会)?(?:去)?(?:看|查|想)(?:啊|呀|吧|嘛|不行|清楚|不到吗)(?!得|好|看)|(?:你|您)不会(?:自己)?看|没看(?:到|见)吗|看不(?:到|见|懂)吗", "质问"),  # noqa: E501
    (r"随(?:便)?(?:你|您)(?:吧|了|便)?(?:[呢哦啊呀]*)(?=$|[，。！!,. ])|爱[买要信退]不[买要信退]|不买(?:就)?(?:算了|拉倒)|那?(?:你|您)(?:就)?别买", "冷淡"),  # noqa: E501
    (r"急什么|催什么|别催了?|催(?:也)?没(?:有)?用|急(?:也)?没(?:有)?用|有什么好急", "顶撞"),
    (r"听不懂(?:吗|么|话)|说了(?:多少|好几|几)[遍次]|不是(?:说|讲|告诉)(?:过|了|您了|你了)(?:吗|嘛|么)|都(?:说|讲)(?:过|了)(?:多少|几|好几)", "质问"),  # noqa: E501
    (r"(?:你|您)(?:到底)?(?:什么意思|想(?:怎么样|怎样|干嘛|干什么))|关我(?:什么|啥)事|有完没完|烦不烦|烦死|闭嘴|废话|神经病|有病吧|有毛病", "辱骂"),  # noqa: E501
    (r"(?:你|您)?(?:要|想|爱)?投诉(?:就)?(?:去)?(?:吧|随便|随你|随您)|(?:你|您)去投诉|(?:你|您)告(?:去|我)吧", "顶撞"),
    (r"不可能(?:的|吧|啊|呢|哦|哈)*(?=$|[，。！!,. ])|(?:规定|公司|平台)(?:就)?是(?:这样|这么规定|如此)(?:的|呢|哦)*(?=$|[，。！!,. ])", "生硬"),  # noqa: E501
    (r"便宜没好货|一分(?:价)?钱一分货|嫌贵|买不起", "冒犯"),
)  # fmt: skip
_PUSHED_OFF = "推脱"
_OTHERS = re.compile(
    r"别的?(?:店|家|人|产品|品牌|平台)|其他|其它|不同店|线下|专柜|门店|竞品|[您你]"
)  # no agent need know those


@lru_cache(maxsize=1)
def _claims() -> re.Pattern[str]:
    return re.compile("|".join(_CLAIMS), re.IGNORECASE)


@lru_cache(maxsize=1)
def _taboos() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), kind) for pattern, kind in _TABOO)


@lru_cache(maxsize=64)
def _own(words: tuple[str, ...]) -> re.Pattern[str] | None:
    kept = [re.escape(word) for word in words if word.strip()]
    return re.compile("|".join(sorted(kept, key=len, reverse=True)), re.IGNORECASE) if kept else None


class AdWords:
    """Absolute claims and promised cures in what the agent says."""

    name = "ad_words"
    label = _l("广告法禁用词")
    meaning = _l("客服用了“最好、全网第一、绝对、根治”一类绝对化或承诺疗效的说法。“七天无理由”“第一时间”不算。")
    on_by_default = True

    def find(self, chat: ChatText, settings: ShopSettings) -> list[Hit]:
        """The first claim of each message; one that is denied (不是最好的) is left out."""
        hits = []
        for said in chat.of(Side.AGENT):
            for match in _claims().finditer(said.words):
                if not _NOT.search(said.words[max(0, match.start() - 6) : match.start()]):
                    hits.append(Hit(said.id, quote_of(said, match), _("绝对化用语“%(words)s”", words=match[0])))
                    break
        return hits


class Taboos:
    """What offends a buyer or pushes them off, and the shop's own words."""

    name = "taboo"
    label = _l("服务忌语")
    meaning = _l("客服说了“不知道”“不归我管”“急什么”一类推脱、顶撞的话，或者店铺自定的禁语。")
    on_by_default = True

    def find(self, chat: ChatText, settings: ShopSettings) -> list[Hit]:
        """One hit a message at most."""
        own = _own(settings.own_words)
        hits = []
        for said in chat.of(Side.AGENT):
            if not said.words:
                continue
            match = own.search(said.words) if own else None
            if match:
                hits.append(Hit(said.id, quote_of(said, match), _("店铺禁语“%(words)s”", words=match[0])))
                continue
            for pattern, kind in _taboos():
                found = pattern.search(said.words)
                if found and not (kind == _PUSHED_OFF and _OTHERS.search(said.words)):
                    hits.append(Hit(said.id, quote_of(said, found), _("服务忌语“%(words)s”", words=found[0].strip())))
                    break
        return hits


def forbidden_in(text: str, own_words: Sequence[str] = ()) -> bool:
    """Whether an agent's message has a claim, a taboo or one of the shop's own words; for sampling by risk."""
    own = _own(tuple(own_words))
    return bool(_claims().search(text) or (own and own.search(text)) or any(p.search(text) for p, _k in _taboos()))

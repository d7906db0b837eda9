"""Which of the agents' replies answer a question for everybody, best first.

A reply is cut into lines; pleasantries, promises to look something up and what holds for one order only are left out.
What remains is compared across conversations: what several agents say in about the same words stands first. Where
nothing is left, no answer is offered.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lms.kernel.text import normalise_many
from quizzes.mining.chats import AskedQuestion, MinedAnswer
from quizzes.mining.debris import PLACEHOLDER, is_debris
from quizzes.mining.vectors import Vectors, char_grams, vectorise
from quizzes.mining.wording import text_key

_PLEASANTRY = re.compile(
    r"^[(（]|^结果|: 、|[:：]$|^\W*(?:亲爱的客户|尊敬的|小主|客官|欢迎|感谢|谢谢|祝您|祝福|很高兴|高兴|不客气|没关系"
    r"|客气|您太客气|您客气|应该做的|这(?:都)?是我们?应该|辛苦您|还辛苦|辛苦|麻烦您稍|请您?稍|还请您?稍|稍等|请稍"
    r"|您稍"
    r"|正在(?:为您)?(?:查|核|处理)|马上为您|抱歉|不好意思|对不起|非常抱歉|实在抱歉|给您带来|让您久等"
    r"|请问(?:您)?(?:有|还有|是|需要|什么)|有什么|还有(?:其他|什么)|在的|您好在|当前咨询量|现在处于休息|怠慢"
    r"|妹子怠慢|如果没有其他|有问题再来|期待|再见|么么哒|天天开心"
    r"|遇到像您|别忘了|记得赏|点击.{0,4}[+表].{0,12}评价|打个评价|您(?:先)?别(?:着急|急|担心)|请(?:您)?(?:放心|谅解"
    r"|见谅|理解|耐心)|还请您?(?:谅解|见谅|理解|耐心|放心)|理解您|明白您|非常理解|嗯|好(?:的|滴|哒|嘞)?$|是(?:的"
    r"|滴)?(?:呢|哦|哈|呀)?$)"
    r"|评价(?:一下|下)?(?:哦|呢|哈|吧|~|$)|人工智能|机器人|自动回复|地球不爆炸|千百次的擦肩|世界上最遥远|宇宙不重启"
    r"|工号|竭诚|为您服务|品质与服务|旗舰店.{0,6}请问|对话框|客服.{0,4}(?:上班|工作)时间|本店|咨询组|请简单(?:描述"
    r"|说明)|请.{0,6}(?:描述|说明)(?:一下|下)?(?:您|问题)"
)
_ONE_ORDER = re.compile(
    r"帮您?(?:看|查|核|登|备|反馈|催|申|取消|联系|修改|改|处理|操作|升级|记录|转|问|加急|安排|提交|跟进|预约|确认|退"
    r"|换|补|通知|告知|下单|审)|(?:为|给|替)您(?:看|查|核|登|备|反馈|催|申|取消|联系|修改|处理|操作|升级|记录|转|问"
    r"|加急|安排|提交|跟进|预约|确认|退|换|补|通知|补偿|解决)"
    r"|已经?(?!激活|拆|使用|过|超|开|签收的|发货的|生产|下架|停产|售罄)|都(?:帮|为|给|登记|反馈|备注|催|申请|提交"
    r"|取消|修改|通知|联系|核实|升级|发货|发出|签收|出库|到达|退款|拦截|安排|预约|上报|在.{0,6}(?:路上|途中|配送))"
    r"|(?:您|你)(?:的)?(?:订单|包裹|快递|商品|货|件|退款|申请|服务单|发票)(?:这边)?(?:预计|已|目前|现在|正在|是|在"
    r"|显示|还|没|尚未|于|今天|明天|会在|将|刚)"
    r"|(?:这|此|该)(?:个)?(?:订单|单子|单|笔|包裹)|(?:我|妹子|小妹|客服|妹儿)?(?:这边|这里|我们)?(?:看到|查到|查询到"
    r"|核实到|看了|查了|看下|查下|看一下|查一下|显示|查看(?:到|是|您|了|下)|帮查|核查|反馈给|登记|备注|上报)"
    r"|(?:今天|明天|昨天|后天|今晚|刚刚|刚才|方才|稍后|晚点|一会|等会)|预计(?:是)?\[|(?:\[|【|<)?(?:订单|姓名|电话"
    r"|地址|日期|时间|手机|运单|单号|组织机构)(?:编)?号?[xX]?(?:\]|】|>)|\d{1,2}月\d{1,2}[日号]|\[数字x\]月|\d{8,}"
    r"|[A-Za-z]{2,4}\d{9,}"
    r"|您(?:方便)?(?:提供|发|说|描述|给我|告诉我|选择一下|点击)(?:一下|下)?.{0,8}(?:订单|单号|号码|图|截图|照片|地址"
    r"|电话|手机|微信|账号|姓名|问题)|(?:订单号|单号|截图|图片|照片|视频)(?:发|给|提供)|发(?:个|一下|下|我|给我"
    r"|过来)|拍(?:个|张|一?下|照)|麻烦.{0,8}(?:提供|发|拍)"
    r"|(?:我|妹子|小妹)(?:会|再|去|先|马上|立刻|正在|来|尽快|给)|(?:联系|通知|反馈|催促)(?:了|好|过)|稍等|跟进"
    r"|师傅[,，]|\[站点x\].*(?:到|发往|送往)"
)
# What tells how things stand, or what will be done for this customer.
_STATE_OF_CASE = re.compile(
    r"分拣中心|到了|目前(?:是|还|已|正|在)|正在|暂时(?:是|还)?(?:未|没|无|不)|核实|今日|当前|预计.{0,5}(?:送达|送到"
    r"|到货|发货|下午|上午|今|明)|^您的是|^您这|由于您的|因为您的"
    r"|给您(?:报销|补|积极|调|送|换|退|处理|反馈)|(?:这|此|该).{1,8}订单|告知一?下|放心好|您.{0,3}提供|抬头是|已为"
    r"|帮到您|(?:您|你)(?:看|说)(?:的|一下|下)"
)
_ASKS_BACK = re.compile(
    r"[?？]|(?:吗|么|嘛|呢不|没有?呢|是不是|可以不|对吧|是吧|好吧|行吧|多远|多少|多久|哪里|哪个|什么|几个)\W*$"
    r"|^\W*(?:您|亲|请问)?.{0,4}(?:什么|哪|几|多少|怎么|是否)(?!.{0,6}(?:都|也|可))"
)
_UNFIT = (_PLEASANTRY, _ONE_ORDER, _STATE_OF_CASE, _ASKS_BACK)
_OPENING = re.compile(
    r"^(?:(?:亲爱[的哒]|亲亲|亲|您好|你好|小主|客官|是的|好的|嗯嗯|嗯|恩|对的|可以的|不好意思|抱歉|非常抱歉|嗯呢|诶"
    r"|哦|这边|呢|哦|哈|\*|＊)[\s,，.。!！~、*]*)+(?=.{6})"
)
_CLOSING = re.compile(
    r"(?:[\s~～^*]|(?:呢|哦|哈|哟|呐|哒|啦|噢|喔|咯|的说)(?:亲+|亲爱[的哒])?[\s~～!！.。]*|亲+|亲爱[的哒])+$"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MIN_HAN, _MAX_CHARS = 6, 220
_SAME = 0.55  # cosine from which two answers count as one
_CANNED_GROUPS = 4  # a line that answers this many different questions answers none
_MOST = 8
_COMPARED = 400  # answers of one group that are compared with each other


@dataclass(slots=True)
class _Candidate:
    group: int
    conversation: int
    message: int
    text: str
    key: str
    question: str
    first_turn: bool


def answers_of_groups(groups: Sequence[Sequence[AskedQuestion]]) -> list[tuple[MinedAnswer, ...]]:
    """For each group its answers, best first; empty where the agents gave none that holds for everybody."""
    candidates = list(_candidates(groups))
    found: list[tuple[MinedAnswer, ...]] = [()] * len(groups)
    if not candidates:
        return found
    vectors = vectorise(*char_grams([c.key for c in candidates], (1, 2)), len(candidates))
    asked = vectorise(
        *char_grams([c.key for c in candidates] + [c.question for c in candidates], (1, 2)), 2 * len(candidates)
    )
    by_group: dict[int, list[int]] = defaultdict(list)
    for number, candidate in enumerate(candidates):
        by_group[candidate.group].append(number)
    relevance = np.asarray(
        asked.tfidf[: len(candidates)].multiply(asked.tfidf[len(candidates) :]).sum(axis=1), dtype=np.float64
    ).ravel()
    for group, members in by_group.items():
        found[group] = _ranked([candidates[i] for i in members], _cosines(vectors, members), relevance[members])
    return found


def _candidates(groups: Sequence[Sequence[AskedQuestion]]) -> Iterable[_Candidate]:
    kept: list[tuple[int, AskedQuestion, int, int, bool, list[str]]] = []
    lines: list[str] = []
    for group, questions in enumerate(groups):
        for question in questions:
            for turn, reply in enumerate(question.replies):
                kept.append((group, question, reply.conversation_id, reply.message_id, turn == 0, list(reply.lines)))
                lines.extend(reply.lines)
    said_in: dict[str, set[int]] = defaultdict(set)
    position = 0
    normal = normalise_many(lines)
    cleaned: list[list[tuple[str, str]]] = []
    verdicts: dict[str, str] = {}
    for group, _, _, _, _, raw in kept:
        own = []
        for line in normal[position : position + len(raw)]:
            if line not in verdicts:
                verdicts[line] = "" if _unfit(line) or _unfit(_trim(line)) else _trim(line)
            if verdicts[line]:
                key = text_key(verdicts[line])
                said_in[key].add(group)
                own.append((verdicts[line], key))
        position += len(raw)
        cleaned.append(own)
    for (group, question, conversation, message, first, raw), own in zip(kept, cleaned, strict=True):
        body = [line for line, key in own if len(said_in[key]) < _CANNED_GROUPS]
        text = _join(body)
        if len(_HAN.findall(PLACEHOLDER.sub("", text))) < _MIN_HAN or len(text) > _MAX_CHARS:
            continue
        if any(_ONE_ORDER.search(line) for line in raw) and len(body) * 3 < len(raw):
            continue  # a crumb between lines about one order
        yield _Candidate(group, conversation, message, text, text_key(text), text_key(question.normalised), first)


def _unfit(line: str) -> bool:
    """Whether a line is no part of an answer that holds for everybody."""
    if is_debris(line) or any(pattern.search(line) for pattern in _UNFIT):
        return True
    return PLACEHOLDER.search(line) is not None and not _fit_with_placeholders(line)


def _fit_with_placeholders(line: str) -> bool:
    """A masked figure leaves an answer readable ("[数字x]天内"), a masked name or sum makes it one order's."""
    return set(PLACEHOLDER.findall(line)) <= {"[数字x]"} and len(PLACEHOLDER.findall(line)) <= 2


def _trim(line: str) -> str:
    return _CLOSING.sub("", _OPENING.sub("", line)).strip(" ,，、~～*")


def _join(lines: Sequence[str]) -> str:
    text = ""
    for line in dict.fromkeys(lines):
        text += ("，" if text and text[-1] not in "。！!；;，,：:" else "") + line
    text = text.strip(" ,，")
    for half, full in ((",", "，"), ("!", "！"), (";", "；"), ("?", "？")):
        text = text.replace(half, full)
    return text


def _cosines(vectors: Vectors, members: Sequence[int]) -> np.ndarray:
    if len(members) == 1:
        return np.ones((1, 1))
    rows = vectors.tfidf[np.asarray(members[:_COMPARED])]
    return np.asarray((rows @ rows.T).todense(), dtype=np.float64)


def _ranked(candidates: Sequence[_Candidate], cosines: np.ndarray, relevance: np.ndarray) -> tuple[MinedAnswer, ...]:
    count = len(cosines)
    conversations = np.array([candidate.conversation for candidate in candidates[:count]])
    agreeing = []
    for row in range(count):
        others = {int(c) for c in conversations[cosines[row] >= _SAME]}
        agreeing.append(len(others))
    total = max(1, len(set(conversations.tolist())))
    # What most say is central; what shares words with the question answers it; what is too short explains nothing.
    support = (np.array(agreeing) - 1) / total
    central = np.array([_mean_elsewhere(cosines[row], conversations, conversations[row]) for row in range(count)])
    length = np.array([min(1.0, len(candidate.key) / 18) for candidate in candidates[:count]])
    masked = np.array([len(PLACEHOLDER.findall(candidate.text)) for candidate in candidates[:count]])
    first = np.array([candidate.first_turn for candidate in candidates[:count]], dtype=float)
    score = 1.2 * support + 1.5 * central + 1.2 * relevance[:count] + 0.35 * length + 0.1 * first - 0.25 * masked
    order = sorted(range(count), key=lambda row: (-score[row], candidates[row].key, candidates[row].message))
    chosen: list[int] = []
    answers: list[MinedAnswer] = []
    for row in order:
        if len(answers) == _MOST or score[row] < _LEAST_SCORE:
            break
        if any(cosines[row, other] >= _SAME for other in chosen):
            continue
        if agreeing[row] < 2 and relevance[row] < _LEAST_RELEVANCE:
            continue  # said once, and in no word the question's
        chosen.append(row)
        candidate = candidates[row]
        answers.append(
            MinedAnswer(
                text=candidate.text,
                count=agreeing[row],
                source=(candidate.conversation, candidate.message),
                score=round(float(score[row]), 4),
            )
        )
    return tuple(answers)


def _mean_elsewhere(row: np.ndarray, conversations: np.ndarray, own: int) -> float:
    elsewhere = row[conversations != own]
    return float(elsewhere.mean()) if len(elsewhere) else 0.0


_LEAST_SCORE = 0.4
_LEAST_RELEVANCE = 0.03


def most_common(texts: Iterable[str]) -> list[str]:
    """Distinct texts, the most frequent first, ties in order of appearance."""
    return [text for text, _ in Counter(texts).most_common()]

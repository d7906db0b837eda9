"""The people of the demo: a firm that serves two clients, its teams, roles and sub-accounts. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

from lms.people.enums import Role

PASSWORD = "xuetang-demo"  # noqa: S105  (documented, and shown on the sign-in page of a demo home)
FIRM = "云栖客服中心"

SHOP_NAMES = {"songguo": "松果文具旗舰店", "shanyue": "山月坊干果旗舰店"}
TRAINERS = {"songguo": "trainer", "shanyue": "trainer-b"}
ROBOTS = {"songguo": "松果文具旗舰店:机器人小松", "shanyue": "山月坊干果旗舰店:机器人小月"}

# key: (name, key of the team above or "" for the firm, shops served)
TEAMS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "songguo": ("松果项目部", "", ("songguo",)),
    "songguo/presale1": ("售前一组", "songguo", ()),
    "songguo/presale2": ("售前二组", "songguo", ()),
    "songguo/aftersale": ("售后组", "songguo", ()),
    "songguo/training": ("质培组", "songguo", ()),
    "shanyue": ("山月坊项目部", "", ("shanyue",)),
    "shanyue/presale": ("售前组", "shanyue", ()),
    "shanyue/aftersale": ("售后组", "shanyue", ()),
}


@dataclass(frozen=True)
class Member:
    """A person of the demo. nick: the sub-account's name in chats ("" = takes none); shown: on the sign-in page."""

    account: str
    name: str
    team: str
    roles: tuple[Role, ...]
    nick: str = ""
    shown: str = ""


ADMIN = Member("admin", "秦朗", "", (Role.ADMIN,), shown="管理员")

MEMBERS: tuple[Member, ...] = (
    Member("trainer", "林晓棠", "songguo/training", (Role.TRAINER,), shown="培训师（松果文具）"),
    Member("supervisor", "陈静怡", "songguo", (Role.SUPERVISOR,), shown="主管（松果文具）"),
    Member("lead", "许嘉宁", "songguo/presale1", (Role.LEAD, Role.AGENT), "小宁", shown="组长（售前一组）"),
    Member("agent", "王思琪", "songguo/presale1", (Role.AGENT,), "阿琪", shown="客服（售前一组）"),
    Member("agent2", "郑雅文", "songguo/aftersale", (Role.AGENT,), "雅雅", shown="客服（售后组）"),
    Member("evaluator", "周砚", "songguo/training", (Role.EVALUATOR,), shown="质检员（松果文具）"),
    Member("trainer-b", "罗敏", "shanyue", (Role.TRAINER, Role.EVALUATOR), shown="培训师（山月坊）"),
    Member("supervisor-b", "沈一帆", "shanyue", (Role.SUPERVISOR,), shown="主管（山月坊）"),
    Member("agent-b", "宋佳琪", "shanyue/presale", (Role.AGENT,), "小宋", shown="客服（山月坊）"),
    Member("limengyao", "李梦瑶", "songguo/presale1", (Role.AGENT,), "梦梦"),
    Member("zhanghaoran", "张浩然", "songguo/presale1", (Role.AGENT,), "浩浩"),
    Member("hejunjie", "何俊杰", "songguo/presale2", (Role.LEAD,)),
    Member("liuxinyi", "刘欣怡", "songguo/presale2", (Role.AGENT,), "欣欣"),
    Member("zhaoyiming", "赵一鸣", "songguo/presale2", (Role.AGENT,), "一鸣"),
    Member("sunjiahui", "孙佳慧", "songguo/presale2", (Role.AGENT,), "佳佳"),
    Member("dengyuwei", "邓雨薇", "songguo/aftersale", (Role.LEAD,)),
    Member("fengkai", "冯凯", "songguo/aftersale", (Role.AGENT,), "阿凯"),
    Member("jiangtingting", "蒋婷婷", "songguo/aftersale", (Role.AGENT,), "婷婷"),
    Member("wuzihan", "吴子涵", "songguo/aftersale", (Role.AGENT,), "子涵"),
    Member("duruo", "杜若", "songguo/presale2", (Role.AGENT,), "若若"),
    Member("hanlei", "韩磊", "shanyue/presale", (Role.LEAD, Role.AGENT), "小磊"),
    Member("tangshiyu", "唐诗雨", "shanyue/presale", (Role.AGENT,), "诗雨"),
    Member("caoyang", "曹阳", "shanyue/aftersale", (Role.AGENT,), "阳阳"),
    Member("weilan", "韦岚", "shanyue/aftersale", (Role.AGENT,), "岚岚"),
)


def shop_of(team: str) -> str:
    """The shop that a team of the demo serves."""
    return team.partition("/")[0]


def agents_of(shop: str) -> list[Member]:
    """Those who answer the chats of a shop, in the order of the cast."""
    return [member for member in MEMBERS if member.nick and shop_of(member.team) == shop]

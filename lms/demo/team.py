"""The first steps of the demo: shops, teams, people with their passwords, products."""

from __future__ import annotations

from sqlalchemy import select

from lms.demo.content.format import products
from lms.demo.context import DemoContext
from lms.demo.models import DemoAccount
from lms.demo.people import ADMIN, FIRM, MEMBERS, PASSWORD, SHOP_NAMES, TEAMS, TRAINERS
from lms.kernel.db import db
from lms.knowledge.services import save_product
from lms.people.models import Person, Team
from lms.people.passwords import hash_password
from lms.people.services import GrantWish, create_first_admin, create_person
from lms.people.team_services import create_shop, create_team, set_team_shops


def make_team_step(context: DemoContext) -> str:
    """Shops, the tree of teams, and everybody in it."""
    joined = context.days_ago(60, hour=9)
    create_first_admin(at=joined)
    admin = db.session.scalars(select(Person).where(Person.account == ADMIN.account)).one()
    shops = {key: create_shop(actor=admin, name=name, at=joined) for key, name in SHOP_NAMES.items()}
    teams: dict[str, Team] = {"": create_team(actor=admin, name=FIRM, parent=None, at=joined)}
    for key, (name, above, served) in TEAMS.items():
        teams[key] = create_team(actor=admin, name=name, parent=teams[above], at=joined)
        if served:
            set_team_shops(actor=admin, team=teams[key], shops=[shops[shop] for shop in served])
    admin.name = ADMIN.name
    people = [admin]
    for member in MEMBERS:
        people.append(
            create_person(
                actor=admin,
                account=member.account,
                name=member.name,
                team=teams[member.team],
                grants=[GrantWish(role) for role in member.roles],
                at=joined,
            )
        )
    _give_passwords(people)
    return f"{len(shops)} 个店铺，{len(teams)} 个团队，{len(people)} 人"


def _give_passwords(people: list[Person]) -> None:
    password_hash = hash_password(PASSWORD)  # one for all: hashing is slow on purpose
    shown = {member.account: (n, member.shown) for n, member in enumerate((*MEMBERS, ADMIN)) if member.shown}
    for person in people:
        person.password_hash, person.must_change_password = password_hash, False
        if person.account in shown:
            position, text = shown[person.account]
            account = DemoAccount(
                person_id=person.id, position=position, shown=text, session_version=person.session_version
            )
            db.session.add(account)
    db.session.flush()


def make_products_step(context: DemoContext) -> str:
    """The products of both shops, entered by their trainers."""
    trainers = {key: context.person(account) for key, account in TRAINERS.items()}
    count = 0
    for key, lines in products().items():
        shop = context.shop(key)
        for line in lines:
            save_product(
                actor=trainers[key],
                product=None,
                shop=shop,
                sku=line.sku,
                name=line.name,
                category=line.category,
                facts=dict(line.facts) | {"售价": f"{line.price} 元"},
                active=True,
                at=context.days_ago(30, hour=14),
            )
            count += 1
    return f"{count} 个商品"

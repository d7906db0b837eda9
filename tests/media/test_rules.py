"""Who may manage and add files: one file and a list of them agree."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.media.models import Media
from lms.media.permissions import P
from lms.media.queries import manageable, media_by_ref
from lms.media.rules import can_add_media, can_manage_media
from tests.conftest import Cast
from tests.media.conftest import upload
from tests.media.making import picture


def test_one_file_and_the_list_agree(cast: Cast, session: scoped_session) -> None:
    made = [
        upload(cast.trainer, cast.shop, picture()),
        upload(cast.other_trainer, cast.other_shop, picture()),
        upload(cast.admin, None, picture(colour="blue")),
    ]
    seen = {}
    for name, person in cast.people().items():
        listed = set(session.scalars(select(Media.id).where(manageable(person))))
        allowed = {media.id for media in made if can_manage_media(person, media)}
        holds = P.MEDIA_EDIT in person.access.permissions
        assert allowed == (listed if holds else set()), name
        seen[name] = len(allowed)
    assert {name: n for name, n in seen.items() if n} == {"trainer": 2, "other_trainer": 2, "admin": 3}


def test_who_may_add_for_all_shops(cast: Cast) -> None:
    every = {cast.shop.id, cast.other_shop.id}
    assert can_add_media(cast.trainer, None, shop_ids={cast.shop.id})
    assert not can_add_media(cast.trainer, None, shop_ids=every)
    assert can_add_media(cast.admin, None, shop_ids=every)
    assert not can_add_media(cast.lead, cast.shop.id, shop_ids=every)


def test_a_text_finds_the_file_of_its_own_shop_first(cast: Cast, session: scoped_session) -> None:
    everywhere = upload(cast.admin, None, picture())
    own = upload(cast.trainer, cast.shop, picture())
    other = upload(cast.other_trainer, cast.other_shop, picture(colour="blue"))
    refs = [own.ref, other.ref]
    assert media_by_ref(cast.shop.id, refs) == {own.ref: own}
    assert media_by_ref(None, refs) == {own.ref: everywhere}
    assert media_by_ref(cast.other_shop.id, refs) == {own.ref: everywhere, other.ref: other}
    assert media_by_ref(cast.shop.id, []) == {}

"""Every page of the demo, part 2 of 2: readable for everybody. See every_page."""

from __future__ import annotations

import pytest

from tests.browser.conftest import SignIn
from tests.browser.every_page import PEOPLE, check_pages


@pytest.mark.parametrize("account", PEOPLE)
def test_pages_are_readable_at_every_width_and_in_both_schemes(sign_in: SignIn, account: str) -> None:
    check_pages(sign_in, account, part=1)

"""The form of a shop's settings of quality checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange

from lms.qa.checks.protocol import ChatCheck
from lms.qa.checks.running import is_on
from lms.qa.checks.settings import ShopSettings

MOST_WORDS = 300
WORD_LENGTH = 30


def _whole(label: Any, low: int, high: int, hint: Any = "") -> IntegerField:
    wrong = _l("请填 %(low)s–%(high)s 之间的整数。", low=low, high=high)
    return IntegerField(label, description=hint, validators=[InputRequired(wrong), NumberRange(low, high, wrong)])


class SettingsForm(FlaskForm):
    on = SelectMultipleField(_l("自动检查"), validate_choice=False)
    band_low = _whole(_l("回复快于（秒）"), 0, 600)
    band_high = _whole(_l("回复慢于（秒）"), 1, 86_400)
    own_words = TextAreaField(
        _l("本店禁语"),
        description=_l("一行一个。客服说了就会提示，最多 300 个。"),
        validators=[Length(max=10_000)],
    )
    answer_hours = _whole(_l("客服确认或申诉（小时）"), 1, 720, _l("过了时间没有申诉，质检结果就算确认。"))
    decide_hours = _whole(_l("裁定申诉（小时）"), 1, 720)
    claim_hours = _whole(_l("领取后评完（小时）"), 1, 240, _l("到时没有评完的会话回到待评列表。"))
    agreement_bar = _whole(_l("校准一致率及格线（%）"), 0, 100, _l("低于这条线的质检员会被提示。"))

    def validate_band_high(self, field: Any) -> None:
        """The band has two sides."""
        if self.band_low.data is not None and field.data is not None and field.data <= self.band_low.data:
            raise ValidationError(_("“慢于”要大于“快于”。"))

    def validate_own_words(self, field: Any) -> None:
        """Phrases, not sentences."""
        words = words_of(field.data or "")
        if len(words) > MOST_WORDS:
            raise ValidationError(_("最多 %(most)s 个，现在有 %(n)s 个。", most=MOST_WORDS, n=len(words)))
        for word in words:
            if not 2 <= len(word) <= WORD_LENGTH:
                raise ValidationError(_("“%(word)s”要在 2–30 个字之间。", word=word[:WORD_LENGTH]))

    def show(self, settings: ShopSettings, checks: Sequence[ChatCheck]) -> None:
        """Fill the form with what holds now."""
        self.on.data = [check.name for check in checks if is_on(check, settings)]
        for name in ("band_low", "band_high", "answer_hours", "decide_hours", "claim_hours"):
            self[name].data = getattr(settings, name)
        self.agreement_bar.data = round(settings.agreement_bar * 100)
        self.own_words.data = "\n".join(settings.own_words)

    def changed(self, settings: ShopSettings, checks: Sequence[ChatCheck]) -> ShopSettings:
        """The settings that the form asks for; what equals the way a check ships is not kept."""
        on = set(self.on.data or [])
        return replace(
            settings,
            band_low=self.band_low.data,
            band_high=self.band_high.data,
            answer_hours=self.answer_hours.data,
            decide_hours=self.decide_hours.data,
            claim_hours=self.claim_hours.data,
            agreement_bar=self.agreement_bar.data / 100,
            own_words=tuple(words_of(self.own_words.data or "")),
            checks_on=tuple(c.name for c in checks if c.name in on and not c.on_by_default),
            checks_off=tuple(c.name for c in checks if c.name not in on and c.on_by_default),
        )


def words_of(text: str) -> list[str]:
    """The lines of a text, each once, without blanks around them."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

"""Check digits of identity cards (GB 11643), bank cards (Luhn), and what a plausible date or time stamp is."""

from __future__ import annotations

from datetime import datetime

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"


def is_id_card(number: str) -> bool:
    """Whether 15 or 18 characters (digits, the last may be X) are an identity card: region, birth date, check digit."""
    if len(number) == 15:
        return number.isdigit() and number[0] in "123456789" and is_date("19" + number[6:12])
    if len(number) != 18 or not number[:17].isdigit() or number[0] == "0" or not is_date(number[6:14]):
        return False
    check = _ID_CHECK[sum(int(d) * w for d, w in zip(number, _ID_WEIGHTS, strict=False)) % 11]
    return number[17].upper() == check


def is_date(text: str) -> bool:
    """Whether eight digits are a date of the last or this century."""
    if len(text) != 8 or text[:2] not in ("19", "20"):
        return False
    try:
        datetime.strptime(text, "%Y%m%d")
    except ValueError:
        return False
    return True


def is_time_stamp(digits: str) -> bool:
    """Whether the digits are a date with a time: YYYYMMDDhhmm or YYYYMMDDhhmmss."""
    if len(digits) not in (12, 14) or not is_date(digits[:8]):
        return False
    return int(digits[8:10]) < 24 and int(digits[10:12]) < 60 and int(digits[12:] or 0) < 60


def passes_luhn(digits: str) -> bool:
    """The check digit of bank cards (ISO/IEC 7812)."""
    total = 0
    for i, digit in enumerate(reversed(digits)):
        n = int(digit) * (2 if i % 2 else 1)
        total += n - 9 if n > 9 else n
    return total % 10 == 0

"""动态: what happened in this installation, told by the plugins' hooks. Append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, UtcDateTime, append_only, db
from lms.people.models import Person


@append_only
class SystemEvent(db.Model):  # type: ignore[name-defined]
    """One thing done: the hook that told of it, who did it (none = the program), and its figures."""

    __tablename__ = "system_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    person: Mapped[Person | None] = relationship()

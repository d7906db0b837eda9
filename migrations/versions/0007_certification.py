"""Certificates and probation gates.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import append_only_drops, append_only_statements

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FACTS = ("certificate_event", "live_level", "live_sign_off")


def upgrade() -> None:
    _types()
    _certificates()
    _live()
    for table in FACTS:
        for statement in append_only_statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def _types() -> None:
    op.create_table(
        "certificate_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("validity_days", sa.Integer(), nullable=True),
        sa.Column("renewal_activity_id", sa.Integer(), nullable=True),
        sa.Column("renderer", sa.String(length=40), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "validity_days IS NULL OR validity_days > 0", name=op.f("ck_certificate_type_validity_days")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_certificate_type_shop_id_shop")),
        sa.ForeignKeyConstraint(
            ["renewal_activity_id"], ["activity.id"], name=op.f("fk_certificate_type_renewal_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_certificate_type_created_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_type")),
        sa.UniqueConstraint("slug", name=op.f("uq_certificate_type_slug")),
    )
    op.create_index(op.f("ix_certificate_type_shop_id"), "certificate_type", ["shop_id"])
    op.create_index(op.f("ix_certificate_type_renewal_activity_id"), "certificate_type", ["renewal_activity_id"])
    op.create_table(
        "certificate_type_competency",
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("competency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["type_id"],
            ["certificate_type.id"],
            name=op.f("fk_certificate_type_competency_type_id_certificate_type"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competency.id"], name=op.f("fk_certificate_type_competency_competency_id_competency")
        ),
        sa.PrimaryKeyConstraint("type_id", "competency_id", name=op.f("pk_certificate_type_competency")),
    )
    op.create_index(
        op.f("ix_certificate_type_competency_competency_id"), "certificate_type_competency", ["competency_id"]
    )
    op.create_table(
        "certificate_requirement",
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("min_score", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "min_score IS NULL OR (min_score >= 0 AND min_score <= 1)",
            name=op.f("ck_certificate_requirement_min_score"),
        ),
        sa.ForeignKeyConstraint(
            ["type_id"],
            ["certificate_type.id"],
            name=op.f("fk_certificate_requirement_type_id_certificate_type"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_certificate_requirement_activity_id_activity")
        ),
        sa.PrimaryKeyConstraint("type_id", "activity_id", name=op.f("pk_certificate_requirement")),
    )
    op.create_index(op.f("ix_certificate_requirement_activity_id"), "certificate_requirement", ["activity_id"])


def _certificates() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("type_version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("holder_name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("issuer", sa.String(length=100), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("valid_from", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("competencies", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("renews_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=300), nullable=False),
        sa.Column("renderer", sa.String(length=40), nullable=False),
        sa.Column("pdf_key", sa.String(length=60), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf_job_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name=op.f("ck_certificate_revoked_by")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoke_reason = '')", name=op.f("ck_certificate_revoke_reason")),
        sa.CheckConstraint("(pdf_key IS NULL) = (pdf_sha256 IS NULL)", name=op.f("ck_certificate_pdf")),
        sa.ForeignKeyConstraint(
            ["type_id"], ["certificate_type.id"], name=op.f("fk_certificate_type_id_certificate_type")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_person_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_certificate_shop_id_shop")),
        sa.ForeignKeyConstraint(["renews_id"], ["certificate.id"], name=op.f("fk_certificate_renews_id_certificate")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["person.id"], name=op.f("fk_certificate_revoked_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("token", name=op.f("uq_certificate_token")),
        sa.UniqueConstraint("renews_id", name=op.f("uq_certificate_renews_id")),
        sa.UniqueConstraint("series", "serial", name=op.f("uq_certificate_series_serial")),
        sa.UniqueConstraint("person_id", "type_id", "sequence", name=op.f("uq_certificate_person_id_type_id_sequence")),
    )
    op.create_index("ix_certificate_expires_at", "certificate", ["expires_at"])
    op.create_index(op.f("ix_certificate_type_id"), "certificate", ["type_id"])
    op.create_index(op.f("ix_certificate_shop_id"), "certificate", ["shop_id"])
    kinds = "'issued', 'reminded_30', 'reminded_7', 'reminded_1', 'lapsed', 'revoked', 'renewed', 'late_renewal'"
    op.create_table(
        "certificate_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_certificate_event_kind")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_event_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_certificate_event_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_event")),
        sa.UniqueConstraint("certificate_id", "kind", name=op.f("uq_certificate_event_certificate_id_kind")),
    )


def _live() -> None:
    levels, verdicts, signers = "'new', 'senior'", "'passed', 'refused'", "'lead', 'supervisor'"
    op.create_table(
        "live_gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requirements", sa.JSON(), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(f"level IN ({levels})", name=op.f("ck_live_gate_level")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_live_gate_shop_id_shop")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_live_gate_post_id_post")),
        sa.ForeignKeyConstraint(["updated_by_id"], ["person.id"], name=op.f("fk_live_gate_updated_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_gate")),
        sa.UniqueConstraint("slug", name=op.f("uq_live_gate_slug")),
    )
    op.create_index(op.f("ix_live_gate_shop_id"), "live_gate", ["shop_id"])
    op.create_index(op.f("ix_live_gate_post_id"), "live_gate", ["post_id"])
    op.create_table(
        "live_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(f"level IN ({levels})", name=op.f("ck_live_level_level")),
        sa.CheckConstraint("by_id <> person_id", name=op.f("ck_live_level_not_oneself")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_live_level_person_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_live_level_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_level")),
    )
    op.create_index(op.f("ix_live_level_person_id"), "live_level", ["person_id"])
    op.create_table(
        "live_sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=60), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("signed_as", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(f"verdict IN ({verdicts})", name=op.f("ck_live_sign_off_verdict")),
        sa.CheckConstraint(f"signed_as IN ({signers})", name=op.f("ck_live_sign_off_signed_as")),
        sa.CheckConstraint("by_id <> person_id", name=op.f("ck_live_sign_off_not_oneself")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_live_sign_off_person_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_live_sign_off_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_sign_off")),
    )
    op.create_index("ix_live_sign_off_person_id_key", "live_sign_off", ["person_id", "key"])


def downgrade() -> None:
    tables = (
        "live_sign_off",
        "live_level",
        "live_gate",
        "certificate_event",
        "certificate",
        "certificate_requirement",
        "certificate_type_competency",
        "certificate_type",
    )
    for table in tables:
        op.drop_table(table)
    for table in FACTS:
        for statement in append_only_drops(table, op.get_bind().dialect.name):
            op.execute(statement)

"""initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "auth_credential",
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id"),
    )
    op.create_table(
        "auth_login_attempt",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("auth_login_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_login_attempt_at_ms"), ["at_ms"], unique=False)
        batch_op.create_index(batch_op.f("ix_auth_login_attempt_subject"), ["subject"], unique=False)

    op.create_table(
        "auth_refresh_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("auth_refresh_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_refresh_token_device_id"), ["device_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_auth_refresh_token_expires_at_ms"), ["expires_at_ms"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_auth_refresh_token_family"), ["family"], unique=False)
        batch_op.create_index(batch_op.f("ix_auth_refresh_token_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "conflict",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("about_table", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("lost", sa.String(), nullable=False),
        sa.Column("kept_by", sa.String(), nullable=False),
        sa.Column("lost_by", sa.String(), nullable=False),
        sa.Column("lost_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("lost_device", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_about_id"), ["about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_conflict_state"), ["state"], unique=False)

    op.create_table(
        "customer",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("birthday", sa.String(), nullable=False),
        sa.Column("styles", sa.JSON(), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("materials", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("member_no", sa.String(), nullable=False),
        sa.Column("enrolled_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_member_no"), ["member_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_store_id"), ["store_id"], unique=False)

    op.create_table(
        "followup",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("dwell_minutes", sa.Integer(), nullable=True),
        sa.Column("next_due_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("followup", schema=None) as batch_op:
        batch_op.create_index("ix_followup_lead", ["lead_id", "occurred_at_ms"], unique=False)
        batch_op.create_index(batch_op.f("ix_followup_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "lead",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("styles", sa.JSON(), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("materials", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("inquired_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("next_due_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_reached_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_next_due_at_ms"), ["next_due_at_ms"], unique=False)
        batch_op.create_index("ix_lead_owner_due", ["owner_id", "next_due_at_ms"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_store_id"), ["store_id"], unique=False)

    op.create_table(
        "memberaccount",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("leased", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("growth", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("memberaccount", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberaccount_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "orderline",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("product_id", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("discount_fen", sa.BigInteger(), nullable=False),
        sa.Column("net_fen", sa.BigInteger(), nullable=False),
        sa.Column("offset_points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("orderline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orderline_order_id"), ["order_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("paid_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_order_id"), ["order_id"], unique=False)

    op.create_table(
        "pointsentry",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("growth", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("payment_id", sa.String(), nullable=True),
        sa.Column("return_id", sa.String(), nullable=True),
        sa.Column("scheme_id", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("posted_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("pointsentry", schema=None) as batch_op:
        batch_op.create_index("ix_pointsentry_customer", ["customer_id", "posted_at_ms"], unique=False)
        batch_op.create_index(batch_op.f("ix_pointsentry_order_id"), ["order_id"], unique=False)

    op.create_table(
        "pointslot",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("earned_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("pointslot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pointslot_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pointslot_order_id"), ["order_id"], unique=False)

    op.create_table(
        "product",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_sku"), ["sku"], unique=False)

    op.create_table(
        "salereturn",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=True),
        sa.Column("line_ids", sa.JSON(), nullable=False),
        sa.Column("refund_fen", sa.BigInteger(), nullable=False),
        sa.Column("returned_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("salereturn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_salereturn_order_id"), ["order_id"], unique=False)

    op.create_table(
        "sales_order",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("scheme_id", sa.String(), nullable=True),
        sa.Column("coupon_fen", sa.BigInteger(), nullable=False),
        sa.Column("offset_points", sa.BigInteger(), nullable=False),
        sa.Column("offset_fen", sa.BigInteger(), nullable=False),
        sa.Column("products_net_fen", sa.BigInteger(), nullable=False),
        sa.Column("services_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("sold_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sales_order_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_sold_at_ms"), ["sold_at_ms"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_staff_id"), ["staff_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_order_store_id"), ["store_id"], unique=False)

    op.create_table(
        "scheme",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("scheme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scheme_valid_from_ms"), ["valid_from_ms"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=True),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("on_leave", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_store_id"), ["store_id"], unique=False)

    op.create_table(
        "store",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sync_counter",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sync_device",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("registered_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("skew_ms", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("granted", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sync_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_device_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_device_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "sync_feed",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("tbl", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "tbl", "row_id"),
    )
    with op.batch_alter_table("sync_feed", schema=None) as batch_op:
        batch_op.create_index("ix_sync_feed_position", ["scope", "xid", "n"], unique=False)

    op.create_table(
        "sync_operation",
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "unit_id"),
    )
    op.create_table(
        "sync_row_state",
        sa.Column("tbl", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.String(length=40), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("stamps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tbl", "row_id"),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("sync_row_state")
    op.drop_table("sync_operation")
    with op.batch_alter_table("sync_feed", schema=None) as batch_op:
        batch_op.drop_index("ix_sync_feed_position")

    op.drop_table("sync_feed")
    with op.batch_alter_table("sync_device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_device_staff_id"))
        batch_op.drop_index(batch_op.f("ix_sync_device_company_id"))

    op.drop_table("sync_device")
    op.drop_table("sync_counter")
    op.drop_table("store")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_store_id"))
        batch_op.drop_index(batch_op.f("ix_staff_code"))

    op.drop_table("staff")
    with op.batch_alter_table("scheme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheme_valid_from_ms"))

    op.drop_table("scheme")
    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sales_order_store_id"))
        batch_op.drop_index(batch_op.f("ix_sales_order_staff_id"))
        batch_op.drop_index(batch_op.f("ix_sales_order_sold_at_ms"))
        batch_op.drop_index(batch_op.f("ix_sales_order_number"))
        batch_op.drop_index(batch_op.f("ix_sales_order_lead_id"))
        batch_op.drop_index(batch_op.f("ix_sales_order_customer_id"))

    op.drop_table("sales_order")
    with op.batch_alter_table("salereturn", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_salereturn_order_id"))

    op.drop_table("salereturn")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_sku"))

    op.drop_table("product")
    with op.batch_alter_table("pointslot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pointslot_order_id"))
        batch_op.drop_index(batch_op.f("ix_pointslot_customer_id"))

    op.drop_table("pointslot")
    with op.batch_alter_table("pointsentry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pointsentry_order_id"))
        batch_op.drop_index("ix_pointsentry_customer")

    op.drop_table("pointsentry")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_order_id"))

    op.drop_table("payment")
    with op.batch_alter_table("orderline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orderline_order_id"))

    op.drop_table("orderline")
    with op.batch_alter_table("memberaccount", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberaccount_customer_id"))

    op.drop_table("memberaccount")
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_store_id"))
        batch_op.drop_index(batch_op.f("ix_lead_phone"))
        batch_op.drop_index("ix_lead_owner_due")
        batch_op.drop_index(batch_op.f("ix_lead_next_due_at_ms"))
        batch_op.drop_index(batch_op.f("ix_lead_customer_id"))

    op.drop_table("lead")
    with op.batch_alter_table("followup", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_followup_staff_id"))
        batch_op.drop_index("ix_followup_lead")

    op.drop_table("followup")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_store_id"))
        batch_op.drop_index(batch_op.f("ix_customer_phone"))
        batch_op.drop_index(batch_op.f("ix_customer_member_no"))

    op.drop_table("customer")
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_state"))
        batch_op.drop_index(batch_op.f("ix_conflict_about_id"))

    op.drop_table("conflict")
    with op.batch_alter_table("auth_refresh_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_refresh_token_staff_id"))
        batch_op.drop_index(batch_op.f("ix_auth_refresh_token_family"))
        batch_op.drop_index(batch_op.f("ix_auth_refresh_token_expires_at_ms"))
        batch_op.drop_index(batch_op.f("ix_auth_refresh_token_device_id"))

    op.drop_table("auth_refresh_token")
    with op.batch_alter_table("auth_login_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_login_attempt_subject"))
        batch_op.drop_index(batch_op.f("ix_auth_login_attempt_at_ms"))

    op.drop_table("auth_login_attempt")
    op.drop_table("auth_credential")

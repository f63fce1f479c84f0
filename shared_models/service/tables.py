"""What customers say about what they bought, and pictures of visits."""

from sqlalchemy import Index

from shared_models.synced import (
    Content,
    Kind,
    Merge,
    Parent,
    Synced,
    column,
    content_sha256,
    moment_ms,
    synced,
)


class Survey(Synced, table=True):
    """A customer's answer about one order, given once: a score from 0 to 5 as a decimal string."""

    __table_args__ = synced(Kind.FACT, parent=Parent("order_id", "sales_order"), device_writes=False, rank=44)
    order_id: str = column(references="sales_order", index=True)
    staff_id: str = column(references="staff", index=True)
    """Who sold."""
    score: str
    comment: str = ""
    answered_at_ms: int = moment_ms(index=True)


class Photo(Synced, table=True):
    """A picture taken of a visit: who sees the visit sees it. The row is small; the picture and its thumbnail follow it.

    `about_table` and `about_id` name the follow-up, or the lead itself. Members never see what was noted about them.
    """

    __table_args__ = synced(
        Kind.FACT,
        parent=Parent("about_id", table_column="about_table"),
        unseen_by=("member",),
        rank=28,
        indexes=(Index("ix_photo_about", "about_id", "taken_at_ms"),),
    )
    about_table: str = column()
    about_id: str = column()
    staff_id: str = column(merge=Merge.AUTHOR, references="staff", index=True)
    """Who took it."""
    picture_sha256: str = content_sha256(Content("picture", "picture_bytes", "picture_at_ms"))
    picture_bytes: int
    width_px: int
    height_px: int
    thumbnail_sha256: str = content_sha256(
        Content("thumbnail", "thumbnail_bytes", "thumbnail_at_ms", first=True)
    )
    thumbnail_bytes: int
    taken_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)
    picture_at_ms: int | None = moment_ms(None, merge=Merge.SERVER)
    """Since when the server has the picture; None while it is still on the device that took it."""
    thumbnail_at_ms: int | None = moment_ms(None, merge=Merge.SERVER)

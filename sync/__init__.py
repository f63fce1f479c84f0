"""The sync engine: one package, two roles.

Read it in this order:

1. `schema`   what a table declares about sync, read from its metadata, and `columns` for each of its columns
2. `clock`    corrected time and hybrid stamps (R12)
3. `merge`    what two concurrent changes of one row become (R13)
4. `capture`  how a database session's writes become changes
5. `wire`     the messages, and how they are encoded
6. `client`   the device's side of a sync, from top to bottom, and `ahead` how it asks for a round before it needs it
7. `device/`  the device's tables, outbox and inbox
8. `hub/`     the server's side: receiving units, the feed, handing out rows

Nothing here knows a table of the business, a role, HTTP or a screen. The protocol is written down in `docs/protocol.md`.
"""

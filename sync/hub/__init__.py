"""The server's half of the engine: units in, rows out.

`exchange` is one round; `receiving` takes units in, `alike` asks what can be asked of many changes at once, and `applying`
merges each unit, of which `applied` tells; `workspace` holds the rows that a push is working on, `new_rows` those that stay
column by column; `feed` records what changed for whom; `handing_out` answers with rows, which `reading` reads; `recorder`
does the same for what the server itself writes.
"""

from sync.hub.applied import AppliedChange, AppliedUnit
from sync.hub.applying import Caller
from sync.hub.exchange import Hub

__all__ = ["AppliedChange", "AppliedUnit", "Caller", "Hub"]

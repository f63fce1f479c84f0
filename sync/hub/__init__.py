"""The server's half of the engine: units in, rows out.

`exchange` is one round; `receiving` takes units in, `alike` asks what can be asked of many changes at once, and `applying`
merges each unit; `workspace` holds the rows that a push is
working on; `feed` records what changed for whom; `handing_out` answers with rows, which `reading` reads; `recorder` does
the same for what the server itself writes.
"""

from sync.hub.applying import AppliedChange, AppliedUnit, Caller
from sync.hub.exchange import Hub

__all__ = ["AppliedChange", "AppliedUnit", "Caller", "Hub"]

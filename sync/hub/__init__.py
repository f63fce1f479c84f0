"""The server's half of the engine: units in, rows out.

`exchange` is one round; `receiving` applies units; `workspace` holds the rows that a push is working on; `feed` records
what changed for whom; `handing_out` answers with rows; `recorder` does the same for what the server itself writes.
"""

from sync.hub.exchange import Hub
from sync.hub.receiving import AppliedUnit, Caller

__all__ = ["AppliedUnit", "Caller", "Hub"]

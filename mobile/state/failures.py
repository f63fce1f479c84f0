"""What a person reads when an action could not be kept."""

import logging

from sqlalchemy.exc import DBAPIError

from mobile.text import error_sentence
from shared_models.errors import RuleError
from sync.sqlite.errors import DamagedError, DiskFullError

_log = logging.getLogger(__name__)


def code_for(error: Exception) -> str:
    """The code of what went wrong in the local database; empty where it was something else."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, DiskFullError):
        return "storage_full"
    if isinstance(error, DBAPIError) and isinstance(error.orig, DamagedError):
        return "database_damaged"
    return ""


def sentence_for(error: Exception) -> str:
    """What happened, what was kept, what to do. What nobody foresaw is logged and named by its type."""
    if isinstance(error, RuleError):
        return error_sentence(error.code, error.details)
    if code := code_for(error):
        return error_sentence(code)
    _log.error("an action failed", exc_info=error)
    return error_sentence("unknown_action", {"code": type(error).__name__})

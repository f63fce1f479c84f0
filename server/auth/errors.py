"""Why somebody is not let in. `server.errors` gives each its status."""


class AuthError(Exception):
    """The caller is not let in; `code` is stable and part of the protocol."""

    code = "not_logged_in"


class NotLoggedIn(AuthError):
    """There is no access token, or it is not one of ours."""


class TokenExpired(AuthError):
    """The access token is too old; a refresh gives a new one."""

    code = "token_expired"


class WrongLogin(AuthError):
    """No such account, or another password; which of the two is not said."""

    code = "wrong_login"


class WrongCode(AuthError):
    """Not the code that was sent to this number, or one that was used or is too old; which of them is not said."""

    code = "wrong_code"


class RefreshRefused(AuthError):
    """The refresh token is unknown or too old; the person has to log in again."""

    code = "refresh_refused"


class RefreshReused(AuthError):
    """The refresh token was used before; its whole family is dead, as one of the two users stole it."""

    code = "refresh_reused"

    def __init__(self, family: str) -> None:
        """Name the family, for whoever ends it."""
        super().__init__(self.code)
        self.family = family


class DeviceRevoked(AuthError):
    """This device was locked out."""

    code = "device_revoked"


class StaffInactive(AuthError):
    """This person no longer works here."""

    code = "staff_inactive"


class TooManyAttempts(AuthError):
    """Too many failed log-ins for this account or from this address."""

    code = "too_many_attempts"

    def __init__(self, retry_after_seconds: int) -> None:
        """Say after how many seconds the next attempt is counted again."""
        super().__init__(self.code)
        self.retry_after_seconds = retry_after_seconds


class NotYours(Exception):
    """The row exists, and the caller's scopes do not cover it."""

    def __init__(self, table: str, row_id: str) -> None:
        """Name the row for the audit log; the caller is told the code alone."""
        super().__init__(table, row_id)
        self.table = table
        self.row_id = row_id

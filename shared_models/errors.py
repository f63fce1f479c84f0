"""What the rules refuse, as codes; the sentence a person reads is looked up by the code in their language."""


class RuleError(Exception):
    """A rule of the business forbids this; nothing was changed.

    `code` is stable and part of the protocol; `details` fills the blanks of the sentence.
    """

    def __init__(self, code: str, **details: str | int) -> None:
        """Name the rule by its `code` and say with which figures it was broken."""
        super().__init__(code, details)
        self.code = code
        self.details = details

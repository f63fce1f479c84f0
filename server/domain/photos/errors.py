"""What can be wrong with asking for a photo's bytes, or sending them."""


class UploadConflict(Exception):
    """These are not the next bytes of the upload: the server has `offset` of them."""

    def __init__(self, offset: int) -> None:
        """Say how many bytes have arrived."""
        super().__init__(offset)
        self.offset = offset


class StillOnItsWay(Exception):
    """The photo is known, but these bytes of it are still on the device that took it."""


class NoSuchRange(Exception):
    """The range asked for begins behind the end of the file, which has `size` bytes."""

    def __init__(self, size: int) -> None:
        """Say how many bytes there are."""
        super().__init__(size)
        self.size = size

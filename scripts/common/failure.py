"""What ends a script: a message, and an exit code as the programs have it."""

USAGE, BAD_INPUT, CANNOT_WRITE = 2, 3, 4
unsealed = []  # files without a seal that were read: nobody says that what is in them is as it was written


class Failure(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class InputError(Failure):
    """A file is missing or is not what it should be; the message says which and why."""

    def __init__(self, message):
        super().__init__(BAD_INPUT, message)

"""What ends a conversion: a message, and an exit code as the programs have it."""

USAGE, BAD_INPUT, CANNOT_WRITE = 2, 3, 4


class Failure(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code

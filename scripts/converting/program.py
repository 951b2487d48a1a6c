"""What every converter does around its work: signals and failures become exit codes."""
import signal
import sys

from .failure import Failure


def stop(number, _frame):
    sys.exit(128 + number)


def run(work):
    """The exit code of work()."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        work()
    except Failure as failure:
        print(f"error {failure}", file=sys.stderr)
        return failure.code
    return 0

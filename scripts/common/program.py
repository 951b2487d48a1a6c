"""What every script does around its work: signals and failures become exit codes."""
import signal
import sys

from .failure import BAD_INPUT, CANNOT_WRITE, Failure, unsealed


def stop(number, _frame):
    sys.exit(128 + number)


def run_script(name, work):
    """The exit code of work(); what fails is told after the script's name."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="surrogateescape")  # paths are told as they are, UTF-8 or not
    unsealed.clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        work()
    except Failure as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        return failure.code
    except OSError as error:  # what cannot be read is told by an InputError
        print(f"{name}: cannot write: {error}", file=sys.stderr)
        return CANNOT_WRITE
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if not unsealed:
            raise  # our own mistake
        print(f"{name}: {', '.join(dict.fromkeys(unsealed))}: not what it should be, and without a seal that tells why: {error!r}", file=sys.stderr)
        return BAD_INPUT
    return 0

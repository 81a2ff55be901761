"""What libraries complain of while they read: it may quote a value, so none of it reaches a terminal or a log."""

import logging
import warnings


def keep_silent() -> None:
    """Silence the warnings of this process and of those it forks; for the outermost edge of a command alone."""
    warnings.simplefilter("ignore")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)

"""Durable work by DBOS: how it is configured, and how a step waits for what is away.

DBOS keeps every input, output and error of a workflow in its database. So an input is a job's number, an output is made
of counts and positions, and an error carries a class name at most (docs/decisions/0020).
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from dbos import DBOS, DBOSConfig
from dbos import error as dbos_error

from orthanc_plugin.engine.errors import EngineError, NoSpaceError, WaitingError
from orthanc_plugin.engine.jobs.room import was_full
from orthanc_plugin.engine.settings import EngineSettings

P = ParamSpec("P")
R = TypeVar("R")

APPLICATION = "anonymise-or-ask-engine"
WORKFLOW_SHAPE = "4"
"""DBOS resumes a workflow only under the version that began it. Raise this when the order of steps changes."""

EXPORTS, LATER = "exports", "later"
"""Queues: what needs the process pool, and what only waits or reports."""

_ATTEMPTS = 60
_ACTIVE = ("ENQUEUED", "PENDING", "DELAYED")


class StepFailedError(EngineError):
    """A step failed in a way nobody foresaw; only the kind of failure is told."""


def configure(engine: EngineSettings) -> DBOS:
    """Return DBOS, configured and not yet launched. It reports nothing to anybody and opens no port."""
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": engine.database_url,
        "executor_id": engine.executor_id,
        "application_version": WORKFLOW_SHAPE,
        "log_level": "ERROR",
        "enable_otlp": False,
        "notification_listener_polling_interval_sec": 1.0,
    }
    return DBOS(config=config)


def launch(engine: EngineSettings) -> None:
    """Start DBOS: the jobs of this executor that were cut off go on from their last finished step."""
    DBOS.launch()
    DBOS.register_queue(EXPORTS, worker_concurrency=2, polling_interval_sec=0.25, on_conflict="always_update")
    DBOS.register_queue(LATER, polling_interval_sec=min(1.0, engine.poll_seconds), on_conflict="always_update")


def is_known(workflow: str) -> bool:
    """Say whether a workflow was ever enqueued."""
    return DBOS.get_workflow_status(workflow) is not None


def is_worked_on(*workflows: str) -> bool:
    """Say whether any of these workflows runs, waits or will be gone on with; asked in their order.

    One that was begun under another order of steps will not be: nobody knows its next step (`WORKFLOW_SHAPE`).
    """
    return any(
        known is not None and known.status in _ACTIVE and known.app_version in (None, WORKFLOW_SHAPE)
        for known in map(DBOS.get_workflow_status, workflows)
    )


def _waits(error: BaseException) -> bool:
    return isinstance(error, WaitingError)


def step(
    name: str,
    poll_seconds: float,
    told: Callable[[str | None], None],
    function: Callable[P, R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Run one step of a workflow; while something it needs is away, DBOS tries it again.

    Parameters
    ----------
    name
        Of the step, as recorded.
    poll_seconds
        Between two attempts.
    told
        Is given what is being waited for, and None when the wait is over.
    function
        The step.
    *args, **kwargs
        For `function`; not recorded.

    Returns
    -------
    R
        What `function` returned, or returned before a crash. It is recorded: no identifiers.

    Raises
    ------
    EngineError
        What `function` raised on purpose.
    StepFailedError
        In place of anything else, without its text.
    """

    def guarded() -> R:
        try:
            result = function(*args, **kwargs)
        except WaitingError as error:
            told(str(error))
            raise
        except EngineError:
            raise
        except Exception as error:  # noqa: BLE001  # raised again without its text, which must not reach the database
            if was_full(error):
                raise NoSpaceError from None
            raise StepFailedError(type(error).__name__) from None
        told(None)
        return result

    options: Any = {
        "name": name,
        "retries_allowed": True,
        "max_attempts": _ATTEMPTS,
        "interval_seconds": poll_seconds,
        "backoff_rate": 1.0,
        "should_retry": _waits,
    }
    while True:
        try:
            return DBOS.run_step(options, guarded)
        except dbos_error.DBOSMaxStepRetriesExceeded:
            continue

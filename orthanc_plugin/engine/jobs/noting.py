"""Steps of a workflow that write where a job stands: in one transaction with DBOS's own record of the step.

So a step that was done is also said to be done, and one that is not said was not done: an engine that is killed between
the two does not exist. Such a step waits for nobody, does no long work, and is done anew where another writer was in
its way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from dbos import SQLAlchemyDatasource
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from orthanc_plugin.engine.errors import EngineError, NoSpaceError
from orthanc_plugin.engine.jobs.durable import StepFailedError
from orthanc_plugin.engine.jobs.room import was_full
from orthanc_plugin.engine.jobs.states import States, within

P = ParamSpec("P")
R = TypeVar("R")

_IN_THE_WAY = ("40001", "40P01")
"""SQLSTATE of what PostgreSQL lets another writer win: serialization failure, deadlock."""


@dataclass(frozen=True)
class Noting:
    """Runs such steps.

    Parameters
    ----------
    source
        DBOS's way into the database that its workflows are in.
    """

    source: SQLAlchemyDatasource

    @classmethod
    def on(cls, database_url: str, states: States) -> "Noting":
        """Return what notes in the database of `states`; call it before DBOS is launched.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            The database cannot be opened.
        """
        return cls(SQLAlchemyDatasource.create(database_url, engine=states.engine))

    def step(self, name: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one step of a workflow, and write what it changes of a job's state together with its record.

        Raises
        ------
        EngineError
            What `function` raised on purpose.
        NoSpaceError
        StepFailedError
            In place of anything else, without its text, which must not reach the database.
        """

        def noted() -> R:
            with within(self.source.sql_session().connection()):
                try:
                    return function(*args, **kwargs)
                except EngineError:
                    raise
                except Exception as error:
                    if _is_tried_again(error):
                        raise
                    raise _told(error) from None

        try:
            return self.source.run_tx_step({"name": name}, noted)
        except SQLAlchemyError as error:
            raise _told(error) from None


def _is_tried_again(error: Exception) -> bool:
    """Say whether another writer was in the way: DBOS begins the transaction anew then."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    return getattr(error.orig, "sqlstate", None) in _IN_THE_WAY or "is locked" in str(error.orig)


def _told(error: Exception) -> EngineError:
    return NoSpaceError() if was_full(error) else StepFailedError(type(error).__name__)

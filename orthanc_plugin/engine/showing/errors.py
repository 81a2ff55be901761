"""Why a picture is not shown; no message holds an identifier of a patient."""

from orthanc_plugin.engine.errors import EngineError


class CannotShowError(EngineError):
    """It cannot be shown or covered, or not yet; the message says why and what comes next."""


class OverError(EngineError):
    """It may not be shown any more: too late, changed, or decided already."""


class BusyError(EngineError):
    """As many pictures are being made as this engine makes at a time."""

    def __init__(self) -> None:
        super().__init__("the engine makes as many pictures as it can at a time; try again in some seconds")

"""scipy and onnxruntime, loaded with the first picture: that takes a second, and many processes never look at one."""

from importlib import import_module
from typing import Any


class Late:
    """A module that is loaded when something of it is asked for.

    Parameters
    ----------
    name : str
        Its full name.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Load the module, once in a process, and return what is asked for."""
        return getattr(import_module(self._name), attribute)


ndimage, optimize, transform = Late("scipy.ndimage"), Late("scipy.optimize"), Late("scipy.spatial.transform")
onnxruntime = Late("onnxruntime")

"""What a look at a whole series says of one of its objects: whether a face shows, and which pixels show it (R25)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FaceVerdict = Literal["unasked", "none", "head", "unsure"]


@dataclass(frozen=True, slots=True, eq=False)
class FaceSight:
    """What is known of a face in one object.

    Attributes
    ----------
    verdict : str
        ``unasked``: no volume, so words alone decide; ``none``: a volume that is no head; ``head``: one whose face can
        be removed; ``unsure``: perhaps a head, to be treated as identifiable.
    reason : str
        Why, without a value of the object.
    masks : mapping of int to ndarray of bool
        By frame, counted from 0: pixels to be removed; a frame that shows none has no entry.
    """

    verdict: FaceVerdict = "unasked"
    reason: str = ""
    masks: Mapping[int, NDArray[np.bool_]] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """Return it as bytes that hold no code (NumPy's archive, masks as bits)."""
        frames = sorted(self.masks)
        shape = self.masks[frames[0]].shape if frames else (0, 0)
        bits = np.packbits(np.stack([self.masks[frame] for frame in frames]).reshape(-1)) if frames else np.empty(0)
        out = BytesIO()
        np.savez_compressed(
            out,
            verdict=np.array(self.verdict),
            reason=np.array(self.reason),
            frames=np.array(frames, dtype=np.int64),
            shape=np.array(shape, dtype=np.int64),
            bits=bits.astype(np.uint8),
        )
        return out.getvalue()

    @classmethod
    def of(cls, encoded: bytes) -> "FaceSight":
        """Return what `encoded` wrote."""
        with np.load(BytesIO(encoded), allow_pickle=False) as told:
            frames, (rows, columns) = told["frames"].tolist(), told["shape"].tolist()
            bits = np.unpackbits(told["bits"], count=len(frames) * rows * columns).astype(np.bool_)
            planes = bits.reshape(len(frames), rows, columns)
            verdict: FaceVerdict = str(told["verdict"])  # type: ignore[assignment]  # written by `encoded`
            return cls(verdict, str(told["reason"]), dict(zip(frames, planes, strict=True)))


UNASKED = FaceSight()

"""Random numbers for the invented authority, one stream for each mechanism."""

from __future__ import annotations

import zlib

import numpy as np

__all__ = ["Streams"]


class Streams:
    """Independent random numbers by mechanism, so that one mechanism never moves the draws of another.

    Each mechanism asks for numbers for all case slots every time it acts, whoever is concerned, so that case 17 meets
    the same draw in week 40 whether or not another mechanism is switched off.

    Parameters
    ----------
    seed : int or sequence of int
        Entropy of the whole run.

    Examples
    --------
    >>> first, second = Streams(1), Streams(1)
    >>> _ = second.of("contacts").random(1000)
    >>> bool(first.of("advice").random() == second.of("advice").random())
    True
    """

    def __init__(self, *seed: int) -> None:
        self._seed = seed
        self._made: dict[str, np.random.Generator] = {}

    def of(self, mechanism: str) -> np.random.Generator:
        """Return the generator of a mechanism, made from the seed and the mechanism's name."""
        if mechanism not in self._made:
            key = zlib.crc32(mechanism.encode())
            sequence = np.random.SeedSequence(entropy=list(self._seed), spawn_key=(key,))
            self._made[mechanism] = np.random.Generator(np.random.SFC64(sequence))
        return self._made[mechanism]

    def uniform(self, mechanism: str, *shape: int) -> np.ndarray:
        """Return uniform numbers on [0, 1) as float32."""
        return self.of(mechanism).random(shape, dtype=np.float32)

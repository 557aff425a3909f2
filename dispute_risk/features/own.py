"""An authority's own features and events, in a Python file of its own beside the casebook."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from dispute_risk.errors import UnreadableFile
from dispute_risk.features.declare import Catalogue, Feature
from dispute_risk.timeline.history import Theme

__all__ = ["Own", "read_own"]


@dataclass(frozen=True)
class Own:
    """What an authority adds.

    Parameters
    ----------
    features : tuple of Feature
    themes : tuple of callable
        Each takes a `timeline.recorded.Recorded` and returns facts by name, for `History.of(casebook, more=themes)`.
    """

    features: tuple[Feature, ...] = ()
    themes: tuple[Theme, ...] = ()

    def added_to(self, catalogue: Catalogue) -> Catalogue:
        """Return the catalogue with the own features at its end."""
        return Catalogue((*catalogue.features, *self.features))


def read_own(path: str | Path) -> Own:
    """Read a Python file that holds `FEATURES` (a tuple of Feature) and, if it needs them, `FACTS` (functions).

    The file is run: use only one that your own authority wrote.

    Raises
    ------
    UnreadableFile
        Where it is missing, cannot be run, or holds no features.

    Examples
    --------
    A file `ours.py`, used as `dispute-risk train casebook --also ours.py …`::

        from dispute_risk.features.declare import Feature
        from dispute_risk.features.verbs import Count

        FEATURES = (
            Feature("provider_calls_90d", "calls from a provider in three months", "contact", "count", "contacts table",
                    Count("provider_call", within_days=90), sentence="A provider called on {on}."),
        )

        def facts(recorded):
            from dispute_risk.timeline.facts import Facts
            mask = recorded.is_code("contacts", "party", "provider")
            return {"provider_call": Facts.of(recorded.case("contacts")[mask],
                                              recorded.day("contacts", "happened_on")[mask],
                                              recorded.known("contacts", "happened_on")[mask])}

        FACTS = (facts,)
    """
    place = Path(path)
    if not place.is_file():
        raise UnreadableFile(f"{place}: there is no such file of own features.")
    spec = importlib.util.spec_from_file_location("own_features", place)
    assert spec is not None and spec.loader is not None, f"{place} cannot be imported"
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UnreadableFile(f"{place}: the file of own features does not run: {type(error).__name__}: {error}") from error
    features = tuple(getattr(module, "FEATURES", ()))
    if not features or not all(isinstance(one, Feature) and one.verb is not None for one in features):
        raise UnreadableFile(f"{place}: FEATURES must be a tuple of Feature, each with a verb. See `dispute-risk features -h`.")
    return Own(features, tuple(getattr(module, "FACTS", ())))

"""An authority's own features and events, read from its own file."""

import re

import numpy as np
import pytest
from casebooks import one_case

from dispute_risk.errors import UnreadableFile
from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.own import read_own
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History

THE_EXAMPLE = re.search(r"::\n\n(.*)", read_own.__doc__, re.S).group(1)
"""The file shown in the documentation, which must work as it stands."""


def written(tmp_path, text: str):
    lines = text.splitlines()
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    path = tmp_path / "ours.py"
    path.write_text("\n".join(line[indent:] for line in lines), encoding="utf-8")
    return path


def test_the_file_in_the_documentation_works(tmp_path):
    own = read_own(written(tmp_path, THE_EXAMPLE))
    catalogue = own.added_to(STANDARD)
    assert catalogue.names == [*STANDARD.names, "provider_calls_90d"]
    history = History.of(one_case(contacts=[{"happened_on": "2025-02-03", "party": "provider"},
                                            {"happened_on": "2025-02-10", "party": "provider"},
                                            {"happened_on": "2025-02-17", "party": "family"}]), more=own.themes)
    table = build_features(history, Snapshots.of(np.array([0]), day_number("2025-02-10")), catalogue)
    assert table["provider_calls_90d"].tolist() == [2.0]


def test_a_name_that_is_taken_is_refused(tmp_path):
    own = read_own(written(tmp_path, THE_EXAMPLE.replace("provider_calls_90d", "past_appeals")))
    with pytest.raises(ValueError, match="declared twice: past_appeals"):
        own.added_to(STANDARD)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FEATURES = (", "does not run: SyntaxError"),
        ("raise RuntimeError('no')", "does not run: RuntimeError: no"),
        ("X = 1", "FEATURES must be a tuple of Feature"),
        ("FEATURES = ('late',)", "FEATURES must be a tuple of Feature"),
        ("from dispute_risk.features.declare import Feature\nFEATURES = (Feature('a', 'a', 'need', 'flag', 'x'),)",
         "each with a verb"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_file(tmp_path, text, message):
    with pytest.raises(UnreadableFile, match=message) as caught:
        read_own(written(tmp_path, text))
    assert "ours.py" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UnreadableFile, match=r"nowhere\.py: there is no such file"):
        read_own(tmp_path / "nowhere.py")

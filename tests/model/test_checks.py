"""The estimators are of scikit-learn's kind."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from dispute_risk.model.design_matrix import DesignMatrix
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.ridge import PointsAnchoredRidge

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::sklearn.exceptions.SkipTestWarning")


@parametrize_with_checks(
    [DesignMatrix(), PointsAnchoredRidge(), AppealRiskModel(), AppealRiskModel(estimator="ridge", n_refits=0)]
)
def test_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)

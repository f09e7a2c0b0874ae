"""Weight agnostic networks as estimators of scikit-learn: a classifier and a regressor."""

from wann.sklearn.classifier import WANNClassifier
from wann.sklearn.regressor import WANNRegressor

__all__ = ["WANNClassifier", "WANNRegressor"]

"""Handwritten digits of 8 x 8 pixels, which come with scikit-learn: a quick try, no download."""

from __future__ import annotations

from wann.envs.classification import ClassificationTask

TEST = 360  # of 1,797 images, 20 %
VALIDATION = 180


def make() -> ClassificationTask:
    """The digits task: 1,257 training, 180 validation and 360 test images of 64 pixels in [0, 1].

    The split is always the same, with equal shares of the classes.
    """
    from sklearn.datasets import load_digits  # slow to import
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    X, y = digits.data / 16, digits.target
    X, X_test, y, y_test = train_test_split(X, y, test_size=TEST, random_state=0, stratify=y)
    X, X_validation, y, y_validation = train_test_split(
        X, y, test_size=VALIDATION, random_state=0, stratify=y
    )
    return ClassificationTask(
        X,
        y,
        name="digits",
        validation=(X_validation, y_validation),
        test=(X_test, y_test),
        inputs=digits.feature_names,
        image_shape=(8, 8),
    )

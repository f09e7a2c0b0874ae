"""A table by scikit-learn's interface, beside logistic regression."""

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from wann.sklearn import WANNClassifier


def main(generations: int = 60) -> dict[str, float]:
    """The accuracies on held-out rows: of one split, with one seed."""
    X, X_test, y, y_test = train_test_split(*load_iris(return_X_y=True), random_state=0)
    found = {}
    for name, model in (
        ("any shared weight", WANNClassifier(generations=generations, random_state=0)),
        ("logistic regression", LogisticRegression()),
    ):
        pipeline = make_pipeline(StandardScaler(), model).fit(X, y)
        found[name] = float(pipeline.score(X_test, y_test))
        print(f"{name:20} {found[name]:.3f}")
    return found


if __name__ == "__main__":
    main()

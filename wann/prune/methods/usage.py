"""Which options a method uses: one that would change nothing is refused, and is not recorded."""

from __future__ import annotations

from dataclasses import fields

from wann.prune.images.settings import COEFFICIENTS, ImageSettings
from wann.prune.methods.base import LEVELS, TRAINING
from wann.prune.methods.registry import of_images
from wann.prune.run import CORRUPTED_LABELS, DENSE_EQUAL, NATIVE
from wann.prune.scores.registry import SCORES, WITHOUT_IMAGES, WITHOUT_TRAINING

ALWAYS = ("method", "env", "seed", "seeds")
_OF_DENSE = (*TRAINING, "network", "winners", "sparsity")


def foreign_to(method: str) -> dict[str, str]:
    """The options that a method for images never uses, each with the reason."""
    uses = of_images(method).uses
    return {
        f.name: f"method {method} does not use it"
        for f in fields(ImageSettings)
        if f.name not in (*ALWAYS, *uses)
    }


def unused_of_images(settings: ImageSettings) -> dict[str, str]:
    """The options that change nothing with these settings, each with what it would take.

    Raises:
        ValueError: If one has a value that the method cannot use.
    """
    uses = of_images(settings.method).uses
    if "sparsity" in uses and "schedule" not in uses and settings.layer_sparsities() is not None:
        raise ValueError(
            f"--sparsity: expected shares of all layers, such as 0.9, for --method "
            f"{settings.method}, got {settings.sparsity}"
        )
    known = of_images(settings.method).arms
    trains_on = settings.survivors == "trained" and settings.retrain != "none"
    if known is None and DENSE_EQUAL in settings.arm_names() and not trains_on:
        raise ValueError(
            f"--arms {DENSE_EQUAL}: expected --survivors trained and a --retrain, for without "
            "them the dense network itself has had the same training"
        )
    if known is not None:
        for arm in set(settings.arm_names()) - set(known):
            raise ValueError(
                f"--arms: expected {' or '.join(known)} with --method {settings.method}, got {arm}"
            )
    return {**_without_effect(settings), **foreign_to(settings.method)}


def _without_effect(s: ImageSettings) -> dict[str, str]:
    """What others of the levels' options leave without effect."""
    arms, found = s.arm_names(), {}
    if _prunes_nothing(s):
        why = f"with --sparsity {s.sparsity} nothing is pruned"
        return dict.fromkeys((name for name in LEVELS if name not in _OF_DENSE), why)
    if s.n_of_m():
        why = f"--scope {s.scope} says how many weights are kept"
        found = dict.fromkeys(("sparsity", "rate", "schedule"), why)
    elif s.schedule == "one-shot" and (s.scope != "layer" or s.layer_sparsities() is not None):
        found["rate"] = "--schedule one-shot has no rounds"
    if s.scope == COEFFICIENTS:
        found["score"] = f"with --scope {COEFFICIENTS} those are the score"
    else:
        found["coefficient_l1"] = f"it is that of --scope {COEFFICIENTS}"
    if not arms:
        found["controls"] = "there are no --arms"
    elif s.schedule == "one-shot" or s.n_of_m():
        found["controls"] = "every level has a sparsity that was asked for"
    if "early" not in (s.survivors, *arms):
        found["early_step"] = "it is that of --survivors early"
    if not _trains(s):
        found |= dict.fromkeys(TRAINING[1:], "nothing is trained")
    if not _finds_by_training(s):
        found["found_by"] = f"--score {s.score} needs no training"
        if all(score in WITHOUT_IMAGES for score in _scores(s)):
            found["found_on"] = f"--score {s.score} looks at no images"
    return found


def _prunes_nothing(s: ImageSettings) -> bool:
    """Whether the levels end with the dense network."""
    if "schedule" not in of_images(s.method).uses or s.n_of_m() is not None:
        return False
    return not any(s.layer_sparsities() or s.sparsities())


def _trains(s: ImageSettings) -> bool:
    """Whether anything is trained, to find masks or after that."""
    by_training = {"trained", "early", NATIVE, CORRUPTED_LABELS}
    return (
        s.retrain != "none"
        or _finds_by_training(s)
        or bool(by_training & {s.survivors, *s.arm_names()})
    )


def _finds_by_training(s: ImageSettings) -> bool:
    """Whether a mask, or what is in it, comes from a training before the pruning."""
    return (
        s.n_of_m() is not None
        or s.survivors == "trained"
        or "early" in (s.survivors, *s.arm_names())
        or any(score not in WITHOUT_TRAINING for score in _scores(s))
    )


def _scores(s: ImageSettings) -> list[str]:
    """The method's own score, and those of its arms."""
    return [s.score, *(arm for arm in s.arm_names() if arm in SCORES)]

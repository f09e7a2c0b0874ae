import pytest

from wann.cli.config_file import expanded


def words(folder, text, *args, switches=()):
    (folder / "a.toml").write_text(text)
    return expanded([*args, "--config", str(folder / "a.toml")], switches)[: -2 - len(args)]


def test_options_of_a_file_stand_before_the_others(tmp_path):
    text = """
        # a comment
        env = "swingup"
        time-limit = 60
        connect_probability = 0.25
        target = inf
        symmetric = true
        simplify = false
        quiet = false
        shared_weights = [-2, -1.5, 1]
        activations = ["tanh", "relu"]
    """
    assert words(tmp_path, text, "--seed=3", switches=("quiet",)) == [
        "--env=swingup",
        "--time-limit=60",
        "--connect-probability=0.25",
        "--target=inf",
        "--symmetric",
        "--no-simplify",
        "--shared-weights=-2,-1.5,1",
        "--activations=tanh,relu",
    ]


def test_without_a_file_the_arguments_stay():
    assert expanded(["--seed", "3"]) == ["--seed", "3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("env = ", "a.toml: expected TOML, but "),
        ("[search]\nenv = 'swingup'", "search: expected text, a number, true or false, .*a dict"),
        ("day = 2026-11-25", "day: expected text, .* got a date"),
        ("activations = []", "activations: expected .* got a list"),
        ("config = 'other.toml'", "config: expected options, not another file of them"),
    ],
)
def test_bad_files(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        words(tmp_path, text)
    with pytest.raises(FileNotFoundError):
        expanded(["--config=nowhere.toml"])

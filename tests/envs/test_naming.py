"""How the names of tasks on files are shown to others."""

import pytest

from wann.envs.naming import titled, told, without_folders


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("swingup", "swingup"),
        ("gym:LunarLander-v3", "gym:LunarLander-v3"),
        ("mine.tasks:Catch", "mine.tasks:Catch"),
        ("sklearn:wine", "sklearn:wine"),
        ("csv:/home/eve/my data/iris.csv?label=species", "iris.csv: species"),
        ("csv:/home/eve/a%3Fb.csv?label=a/b&label=c&test=/home/eve/new.csv", "a?b.csv: a/b, c"),
        ("npz:/home/eve/arrays.npz", "arrays.npz"),
        ("idx:/home/eve/letters?size=16", "letters, 16 x 16"),
        ("idx:/home/eve/letters", "letters"),
        (
            "csv:/home/eve/iris.csv?colour=red",
            "csv:iris.csv?colour=red",
        ),  # what it means is unknown
    ],
)
def test_titled(name, expected):
    assert titled(name) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("--run", "--run"),
        ("runs/one", "runs/one"),
        ("/", "/"),
        ("/home/eve/my runs/one", "one"),
        ("/home/eve/one/", "one/"),
        ("~/runs/one", "one"),
        (r"C:\Users\Eve Smith\iris.csv", "iris.csv"),
        (r"csv:C:\Users\eve\iris.csv", "csv:iris.csv"),
        (r"\\server\share\iris.csv", "iris.csv"),
        ("csv:/home/eve/iris.csv", "csv:iris.csv"),
        ("--run=/home/eve/one", "--run=one"),
        ("csv:/a/b.csv?label=x/y&test=/c/d.csv", "csv:b.csv?label=x/y&test=d.csv"),
        ("tcp://10.0.0.1:8786", "tcp://10.0.0.1:8786"),
        ("0.5/2", "0.5/2"),
        ("-2:2:41", "-2:2:41"),
    ],
)
def test_without_folders(word, expected):
    assert without_folders(word) == expected


def test_told():
    name = "csv:/home/eve/my data/iris.csv?label=species&test=/mnt/x y/new.csv"
    message = "/home/eve/my data/iris.csv: expected\n3 columns, as '/mnt/x y/new.csv' has, not /a/b"
    assert told(message, name) == "iris.csv: expected 3 columns, as 'new.csv' has, not b"
    assert told("/data/letters/x.gz: gone", "idx:/data/letters") == "letters/x.gz: gone"

import numpy as np

from wann.core.rng import Stream, generator


def test_the_same_keys_give_the_same_numbers():
    first, second = (generator(3, Stream.EPISODES, 7).random(5) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_every_key_counts():
    numbers = {
        generator(seed, stream, *keys).random()
        for seed in (0, 1, 10**20)
        for stream in Stream
        for keys in ((), (1,), (2,), (1, 1))
    }
    assert len(numbers) == 3 * len(Stream) * 4


def test_streams_keep_their_numbers():
    """Else the same seed would find something else."""
    assert [stream.value for stream in Stream][:7] == list(range(7))
    assert Stream(4) is Stream.REPORT

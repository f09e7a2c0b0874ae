import numpy as np

from wann.core.rng import Stream, generator
from wann.evaluation.protocol import Chance


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


def test_a_key_of_0_at_the_end_is_none_so_what_is_used_without_has_no_such():
    assert generator(3, Stream.SWEEP).random() == generator(3, Stream.SWEEP, 0).random()
    assert min(Chance) > 0  # within Stream.SWEEP, whose reports have no key


def test_streams_keep_their_numbers():
    """Else the same seed would find something else."""
    assert [stream.value for stream in Stream][:7] == list(range(7))
    assert Stream(4) is Stream.REPORT

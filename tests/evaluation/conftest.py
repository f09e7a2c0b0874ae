"""A limit for tests of clusters, whose processes may be gone, or never answer."""

import faulthandler
import signal

import pytest

SECONDS = 240  # far more than any needs


@pytest.fixture
def bounded(request):
    """End a test that waits for ever: it fails and says so; as a last resort, all end."""

    def late(*_):
        pytest.fail(f"{request.node.name} did not end within {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    faulthandler.dump_traceback_later(SECONDS + 60, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)

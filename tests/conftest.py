import os

# Before NumPy is imported: two threads of BLAS on a busy core are many times slower than one.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
# Tests train for a few steps: what JAX compiles is as right without LLVM's optimisations, and is
# there in half the time.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

import pytest  # noqa: E402  it may import NumPy
from hypothesis import settings  # noqa: E402  likewise

settings.register_profile("wann", deadline=None, derandomize=True)
settings.load_profile("wann")


@pytest.fixture
def refused(capsys):
    """Run a command with bad input: what it says in its one line."""

    def run(main, args):
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(arg) for arg in args])
        assert end.value.code == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("wann: ")
        assert err.count("\n") == 1
        return err.removeprefix("wann: ").rstrip("\n")

    return run

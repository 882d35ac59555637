"""One writer at a time on HOME."""

import os
import subprocess
import sys

import pytest

from yusuan.settings import Settings, YusuanError
from yusuan.warehouse.lock import home_lock

HOLD = """
import sys
from yusuan.settings import Settings
from yusuan.warehouse.lock import home_lock
with home_lock(Settings.load(home=sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(settings: Settings):
    """Another process that holds HOME."""
    search = os.pathsep.join(path for path in sys.path if path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
    ) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_writer_is_told_who_holds_the_warehouse(settings: Settings, holder: subprocess.Popen[str]):
    with pytest.raises(YusuanError, match=rf"in use by process {holder.pid} on .+ since 20.+ \(-c"), home_lock(settings):
        pass


def test_the_lock_of_a_killed_writer_is_free(settings: Settings, holder: subprocess.Popen[str]):
    holder.kill()
    holder.wait()

    with home_lock(settings):
        pass


def test_the_run_inside_a_build_takes_the_lock_of_its_own_process_again(settings: Settings):
    with home_lock(settings), home_lock(settings):
        pass
    with home_lock(settings):
        pass

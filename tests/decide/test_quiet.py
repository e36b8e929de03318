"""The solver's own lines are kept off the standard output, whatever the number of threads."""

import os
import time
from threading import Thread

import pytest

from bothand.decide.programme import _quiet


def test_two_threads_that_are_quiet_at_once_give_the_output_back(capfd: pytest.CaptureFixture[str]) -> None:
    def hush(begin: float, last: float) -> None:
        time.sleep(begin)
        with _quiet(True):
            os.write(1, b"not heard")
            time.sleep(last)

    threads = [Thread(target=hush, args=times) for times in ((0.0, 0.1), (0.05, 0.2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(1, b"heard")
    assert capfd.readouterr().out == "heard"

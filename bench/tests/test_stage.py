"""The state in which the servers of a comparison run."""

import os
import subprocess
import unittest
from unittest import mock

from measure import proc
from measure.stage import Stage


class StageTest(unittest.TestCase):
    def test_each_server_has_a_session_of_its_own_as_a_service_has(self):
        with Stage() as stage:
            one = stage.start("one", ["sleep", "60"])
            other = stage.start("other", ["sleep", "60"])
            self.assertEqual([one.pid, other.pid], [os.getsid(one.pid), os.getsid(other.pid)])

    def test_who_ends_just_before_its_signal_is_no_trouble(self):
        child = subprocess.Popen(["sleep", "60"])
        member = proc.process(child.pid)
        child.kill()
        child.wait()
        with Stage() as stage, mock.patch.object(proc, "is_alive", side_effect=[True, False, False]):
            stage.end([member])


if __name__ == "__main__":
    unittest.main()

"""The state in which the servers of a comparison run."""

import os
import unittest

from measure.stage import Stage


class StageTest(unittest.TestCase):
    def test_each_server_has_a_session_of_its_own_as_a_service_has(self):
        with Stage() as stage:
            one = stage.start("one", ["sleep", "60"])
            other = stage.start("other", ["sleep", "60"])
            self.assertEqual([one.pid, other.pid], [os.getsid(one.pid), os.getsid(other.pid)])


if __name__ == "__main__":
    unittest.main()

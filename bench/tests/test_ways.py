"""When gatepool counts as warm."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from measure import proc, ways

WAIT = """
class Wait {
    public static void main(String[] none) throws Exception {
        System.out.println("ready");
        System.in.read();
    }
}
"""


class WarmTest(unittest.TestCase):
    def test_it_takes_requests_and_compilers_at_rest(self):
        self.assertTrue(ways.is_warm(ways.ENOUGH_REQUESTS, 0.01))
        self.assertFalse(ways.is_warm(ways.ENOUGH_REQUESTS - 1, 0.0))
        self.assertFalse(ways.is_warm(10 * ways.ENOUGH_REQUESTS, 0.5))

    def test_a_jvm_compiles_and_python_does_not(self):
        self.assertEqual(0, proc.compiling(os.getpid()))
        with tempfile.TemporaryDirectory() as directory:
            program = Path(directory, "Wait.java")
            program.write_text(WAIT)
            # Java compiles the program first, which is enough for the JVM's own compilers to have had something to do.
            command = ["java", program]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as java:
                self.assertEqual("ready\n", java.stdout.readline())
                self.assertGreater(proc.compiling(java.pid), 0)
                java.stdin.close()


if __name__ == "__main__":
    unittest.main()

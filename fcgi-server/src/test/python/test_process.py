"""The worker as a process: what it loads, how it ends, what it logs, how many threads it has."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import unittest

from client import (HERE, OVERLOADED_STATUS, PATIENCE, WORKER, Client, Worker, begin, params,
                    request, stdin)

HELLO = """
def application(environ, start_response):
    start_response("200 OK", [])
    return [b"%s"]
"""


class TargetTest(unittest.TestCase):
    def answer(self, target, files, *options):
        with Worker(*options, target, files=files) as worker:
            return worker.get("/").body.decode()

    def refusal(self, target, files=(), *options):
        """(exit status, log) of a worker that cannot start."""
        with Worker(*options, target, files=dict(files, **{"unrelated.txt": ""})) as worker:
            return worker.end(), worker.log.replace(worker.directory.name, "DIR")

    def test_what_can_be_named(self):
        source = textwrap.dedent('''
            class Object:
                def __init__(self, text): self.text = text
                def __call__(self, environ, start_response):
                    start_response("200 OK", [])
                    return [self.text.encode()]
            class PerRequest:
                """PEP 3333: the application is a class, its instances are the iterable."""
                def __init__(self, environ, start_response): self.start = start_response
                def __iter__(self):
                    self.start("200 OK", [])
                    yield b"class"
            def factory(text="factory", *, key=""): return Object(text + str(key))
            application = Object("application")
            app = Object("app")
            app.inner = Object("inner")
            app.make = lambda: Object("made")
        ''')
        files = {"site.ini": "", "demo.py": source, "pack/__init__.py": "", "pack/sub.py": source,
                 "dir/my-app.py": source, "dir/time.py": source}
        for target, expected in (
                ("demo", "application"), ("demo:", "application"), ("demo:app", "app"),
                ("demo:app.inner", "inner"), ("demo:factory()", "factory"),
                ('demo:factory("a:b (c)", key=[1, -2])', "a:b (c)[1, -2]"),
                ("demo:app.make()", "made"), ("demo:PerRequest", "class"),
                ("pack.sub:app", "app"), ("demo.py", "application"), ("demo.py:app", "app"),
                ("./dir/my-app.py:factory()", "factory"), ("dir/time.py:app", "app")):
            with self.subTest(target):
                self.assertEqual(expected, self.answer(target, files))

    def test_a_file_finds_its_neighbours_and_the_working_directory_is_importable(self):
        files = {"top.py": "text = b'top'", "dir/side.py": "text = b' side'",
                 "dir/app.py": "import top, side\n" + HELLO.replace('b"%s"', "top.text + side.text")}
        self.assertEqual("top side", self.answer("dir/app.py", files))

    def test_pythonpath_and_chdir(self):
        files = {"a/one.py": "text = b'a'", "b/one.py": "text = b'b'", "b/two.py": "more = b'2'",
                 "c/app.py": "import one, two\n" + HELLO.replace('b"%s"', "one.text + two.more")}
        self.assertEqual("a2", self.answer("app", files, "--chdir", "c", "--pythonpath=../a",
                                           "--pythonpath", "../b"))

    def test_this_program_is_no_library(self):
        status, log = self.refusal("gatepool_wsgi:Worker")
        self.assertEqual(1, status)
        self.assertIn("there is no module gatepool_wsgi", log)

    def test_an_import_error_is_a_traceback_that_ends_with_it(self):
        for source, last in (("import nowhere", "ModuleNotFoundError: No module named 'nowhere'"),
                             ("1 / 0", "ZeroDivisionError: division by zero"),
                             ("def f(:", "SyntaxError: invalid syntax"),
                             ("import sys; sys.exit(0)", "SystemExit: 0")):
            with self.subTest(source):
                status, log = self.refusal("broken:app", {"broken.py": source})
                self.assertEqual((1, last), (status, log.splitlines()[-1]))
                self.assertIn('DIR/broken.py", line 1', log)
                self.assertNotIn("gatepool_wsgi", log)
                self.assertNotIn("importlib", log)

    def test_an_error_in_a_factory(self):
        status, log = self.refusal("broken:make()", {"broken.py": "def make(): return {}['x']"})
        self.assertEqual((1, "KeyError: 'x'"), (status, log.splitlines()[-1]))

    def test_a_wrong_target_is_one_line_that_helps(self):
        source = "import os.path\nfrom os import getcwd\nvalue = [1]\n_private = len\n" \
                 "def make(): return 5\nclass App:\n    def __call__(self, e, s): pass\n" \
                 "thing = App()\n"
        for target, expected in (
                ("demo", "demo: there is no application in demo; there is demo:make; there is "
                         "demo:App; there is demo:thing"),
                ("demo:value", "demo:value: value is list, which cannot be called; there is demo:"),
                ("demo:make()", "demo:make(): make() is int, which cannot be called"),
                ("demo:App", "demo:App: App is a class whose instances are no response; if they "
                             "are the application, write demo:App()"),
                ("demo:make(x)", "demo:make(x): make(x) is not understood: write factory() or"),
                ("demo:make(", "demo:make(: make( is not understood"),
                ("demo:make()()", "demo:make()(): make()() is not understood"),
                ("demo:thing.a.b", "demo:thing.a.b: there is no thing.a.b in demo"),
                ("dem:app", "dem:app: there is no module dem in DIR, in --pythonpath, or among"),
                ("demo.sub:app", "demo.sub:app: there is no module demo.sub in DIR"),
                ("dir/none.py", "dir/none.py: there is no file DIR/dir/none.py"),
                (":app", ":app: there is no module before the colon"),
        ):
            with self.subTest(target):
                status, log = self.refusal(target, {"demo.py": source})
                self.assertEqual(1, status)
                self.assertTrue(log.startswith("gatepool_wsgi: " + expected), log)
                self.assertEqual(1, log.count("\n"), log)

    def test_wrong_options(self):
        for words, expected in (((), "TARGET is missing"), (("a", "b"), "one TARGET only"),
                                (("--thread", "2", "a"), "there is no option --thread"),
                                (("--threads", "0", "a"), "--threads: a number from 1 to 1000"),
                                (("--multiplex=x", "a"), "--multiplex: a number from 1 to 1000"),
                                (("a", "--chdir"), "--chdir needs a value")):
            with self.subTest(words):
                ran = subprocess.run([sys.executable, WORKER, *words], stdin=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE, timeout=PATIENCE)
                self.assertEqual(2, ran.returncode)
                self.assertIn(expected.encode(), ran.stderr)

    def test_a_directory_that_is_not_there(self):
        status, log = self.refusal("x", (), "--chdir", "nowhere")
        self.assertEqual((1, "gatepool_wsgi: --chdir nowhere: No such file or directory\n"),
                         (status, log))

    def test_a_descriptor_0_that_does_not_listen(self):
        left, right = socket.socketpair()
        with left, right, open(os.devnull, "rb") as null:
            for stdin_file in null, left:
                ran = subprocess.run([sys.executable, WORKER, "x"], stdin=stdin_file,
                                     stderr=subprocess.PIPE, timeout=PATIENCE)
                self.assertEqual(1, ran.returncode)
                self.assertIn(b"descriptor 0 is no listening socket", ran.stderr)

    def test_help(self):
        ran = subprocess.run([sys.executable, WORKER, "--help"], stdout=subprocess.PIPE,
                             stdin=subprocess.DEVNULL, timeout=PATIENCE)
        self.assertEqual(0, ran.returncode)
        self.assertIn(b"[--threads N]", ran.stdout)


class EndTest(unittest.TestCase):
    def test_sigterm_ends_an_idle_process(self):
        with Worker() as worker:
            worker.get("/hello")
            self.assertEqual((0, ""), (worker.stop(), worker.log))

    def test_sigterm_ends_one_with_an_idle_connection(self):
        with Worker() as worker, worker.connect() as client:
            client.get("/hello")
            self.assertEqual(0, worker.stop())
            self.assertTrue(client.is_closed())

    def test_sigint_does_the_same(self):
        with Worker() as worker:
            worker.get("/hello")
            worker.signal(signal.SIGINT)
            self.assertEqual((0, ""), (worker.end(), worker.log))

    def test_sigterm_lets_the_running_request_finish_and_refuses_those_behind_it(self):
        with Worker() as worker, worker.connect() as client:
            client.send(begin(1), params("/wait-for-body", 1), request("/hello", request_id=2))
            client.next()
            worker.signal(signal.SIGTERM)
            client.send(stdin(b"to the end", 1))
            self.assertEqual(b"running to the end", client.answer(1).body)
            self.assertEqual(OVERLOADED_STATUS, client.answer(2).protocol_status)
            self.assertEqual(0, worker.end())

    def test_sys_exit_in_a_request_is_answered_and_ends_the_process(self):
        with Worker() as worker, worker.connect() as client:
            answer = client.get("/quits")
            self.assertEqual("500 Internal Server Error", answer.status)
            self.assertIn("SystemExit: enough", answer.errors)
            worker.end()

    def test_ends_when_its_socket_is_removed(self):
        with Worker() as worker:
            worker.get("/hello")
            os.unlink(worker.address)
            self.assertEqual(0, worker.end())
            self.assertIn("has gone: this process ends", worker.log)

    def test_ends_when_its_socket_is_replaced_although_a_connection_is_open(self):
        with Worker() as worker, worker.connect() as client:
            client.get("/hello")
            other = socket.socket(socket.AF_UNIX)
            other.bind(worker.address + ".new")
            os.rename(worker.address + ".new", worker.address)
            self.assertEqual(0, worker.end())
            self.assertTrue(client.is_closed())
            other.close()

    def test_ends_when_its_manager_has_gone(self):
        # The manager lives until the worker has looked at it: that is 2 seconds of idleness.
        manager = textwrap.dedent("""
            import os, socket, subprocess, sys
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            listener.listen(5)
            child = subprocess.Popen([sys.executable, "-B", sys.argv[1], "application"],
                                     stdin=listener)
            print(listener.getsockname()[1], flush=True)
            sys.stdin.read()
        """)
        process = subprocess.Popen([sys.executable, "-c", manager, WORKER], cwd=HERE,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        port = int(process.stdout.readline())
        with Client(("127.0.0.1", port)) as idle, Client(("127.0.0.1", port)) as second:
            idle.get("/hello")
            # The idle connection gives way to the second one, at the first look.
            self.assertEqual(b"hello", second.get("/hello").body)
            process.stdin.close()
            process.wait(PATIENCE)
            self.assertTrue(second.is_closed())
        log = process.stderr.read().decode()
        self.assertIn("the manager, process %d, has gone: this process ends" % process.pid, log)
        process.stdout.close()
        process.stderr.close()

    def test_sigusr1_shows_the_stacks_and_nothing_else_happens(self):
        with Worker() as worker, worker.connect() as client:
            client.send(request("/hangs"))
            client.next()
            while "in hangs\n" not in worker.log:  # it may be a moment before it falls asleep
                worker.log = ""
                worker.signal(signal.SIGUSR1)
                worker.read_log_until("in <module>\n")
            self.assertIsNone(worker.process.poll())


class LogTest(unittest.TestCase):
    def test_outside_of_a_request_stderr_is_descriptor_2(self):
        source = "import sys\nprint('while imported', file=sys.stderr)\n" + HELLO
        with Worker("app", files={"app.py": source}) as worker:
            self.assertEqual("", worker.get("/").errors)
            worker.stop()
            self.assertEqual("while imported\n", worker.log)

    def test_other_threads_and_children_write_to_descriptor_2(self):
        with Worker() as worker, worker.connect() as client:
            self.assertEqual("", client.get("/complains-elsewhere").errors)
            self.assertEqual("", client.get("/forks").errors)
            worker.stop()
            self.assertEqual("from a thread\nfrom a child\n", worker.log)
            self.assertEqual("to stdout\n", worker.out)

    def test_standard_input_is_empty(self):
        with Worker() as worker:
            self.assertEqual(b"b''", worker.get("/stdin").body)


class ThreadsTest(unittest.TestCase):
    def test_so_many_connections_are_served_at_once(self):
        with Worker("--threads", "3", "application") as worker:
            clients = [worker.connect() for _ in range(3)]
            for client in clients:
                client.send(begin(), params("/ident"))
            for client in clients:
                client.send(stdin())
            self.assertEqual(3, len({client.answer().body for client in clients}))
            waiting = [worker.connect() for _ in range(3)]
            for client in clients:
                client.send(begin(), params("/wait-for-body"))
            for client in clients:
                client.next()  # all three run
            worker.signal(signal.SIGTERM)
            for client in reversed(clients):
                client.send(stdin(b"x"))
                self.assertEqual(b"running x", client.answer().body)
            self.assertEqual(0, worker.end())
            for client in clients + waiting:
                client.sock.close()

    def test_idle_threads_end_too(self):
        with Worker("--threads", "4", "application") as worker, worker.connect() as client:
            client.get("/hello")
            self.assertEqual((0, ""), (worker.stop(), worker.log))

    def test_complaints_belong_to_their_own_request(self):
        with Worker("--threads", "2", "application") as worker:
            with worker.connect() as one, worker.connect() as two:
                one.send(begin(), params("/wait-for-body"))
                one.next()
                self.assertIn("half a line\n", two.get("/complains").errors)
                one.send(stdin())
                self.assertEqual("", one.answer().errors)


class SocketTest(unittest.TestCase):
    def test_tcp(self):
        with Worker(tcp=True) as worker, worker.connect() as client:
            self.assertEqual(b"hello", client.get("/hello").body)
            self.assertEqual(b"x" * 500000, client.get("/echo", b"x" * 500000).body)

    def test_only_web_servers_that_are_allowed(self):
        for addresses, served in (("192.0.2.1", False), ("192.0.2.1,127.0.0.1", True)):
            with Worker(tcp=True, environ={"FCGI_WEB_SERVER_ADDRS": addresses}) as worker:
                with worker.connect() as client:
                    if served:
                        self.assertEqual(b"hello", client.get("/hello").body)
                    else:
                        self.assertTrue(client.is_closed())

    def test_an_idle_connection_gives_way_to_one_that_waits(self):
        with Worker() as worker, worker.connect() as idle:
            idle.get("/hello")
            self.assertEqual(b"hello", worker.get("/hello").body)
            self.assertTrue(idle.is_closed())


if __name__ == "__main__":
    unittest.main()

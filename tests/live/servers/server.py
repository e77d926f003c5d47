# SPDX-License-Identifier: BSD-2-Clause
"""What all servers of the live tests share: a folder, a process, a fault and its mending."""
import dataclasses
import os
import shutil
import signal
import socket
import subprocess
import time

from tap import Skip
from wire import WAIT_S, free_port


@dataclasses.dataclass(frozen=True)
class Fault:
    """A wrong configuration and the requests that show it.

    rule      whose fix is to mend it
    requests  those that are actual requests are played only after the mending
    wrong     what the snippet takes the place of
    kept      what stays beside the snippet
    platform  for --platform; None: the program has to recognise it
    name      tells it from others of the same rule
    """
    rule: str
    requests: tuple
    wrong: str = ''
    kept: str = ''
    platform: str = None
    name: str = ''


class Server:
    """One server in a scratch folder. Subclasses say how it is configured, checked and started."""
    NAME = None       # the platform, as the program names it
    COMMANDS = ()     # (command, Debian package) that have to be there
    FAULTS = ()

    def __init__(self, folder, backend):
        self.folder, self.backend = folder, backend
        self.port = free_port()
        self.process = None
        self.log = os.path.join(folder, 'server.log')

    @classmethod
    def prepare(cls, folder):
        """Get ready what all servers of the class share; raise Skip when that is not possible."""
        lacking = [package for command, package in cls.COMMANDS if not shutil.which(command)]
        if lacking:
            raise Skip('Debian packages are not installed: ' + ' '.join(lacking))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        return path

    def configure(self, changed, kept):
        """Write the configuration; changed is the fault or, in its place, the snippet."""
        raise NotImplementedError

    def check_command(self):
        """The server's own test of its configuration."""
        raise NotImplementedError

    def start_command(self):
        raise NotImplementedError

    def environment(self):
        return dict(os.environ, LC_ALL='C.UTF-8')

    def check(self):
        done = subprocess.run(self.check_command(), cwd=self.folder, env=self.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        said = (done.stderr + done.stdout).decode()
        assert done.returncode == 0, 'the server refuses it: ' + said

    def start(self):
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(self.start_command(), cwd=self.folder, stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL,
                                            env=self.environment(), start_new_session=True)
        last = time.monotonic() + WAIT_S
        while not self._listens():
            is_late = self.process.poll() is not None or time.monotonic() > last
            assert not is_late, 'no server: ' + self.said()
            time.sleep(0.01)

    def _listens(self):
        with socket.socket() as s:
            s.settimeout(WAIT_S)
            return s.connect_ex(('127.0.0.1', self.port)) == 0

    def said(self):
        with open(self.log, encoding='utf-8', errors='replace') as f:
            return f.read()

    def mend(self, snippet, kept):
        """Put the snippet in the fault's place, have the server accept it, and start it anew."""
        self.stop()
        self.configure(snippet, kept)
        self.check()
        self.start()

    def stop(self):
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

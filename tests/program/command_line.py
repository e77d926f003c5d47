#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The command line's contract: exit codes, what goes to stdout and what to stderr, colour."""
import os
import pty
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import talk  # noqa: E402
from tap import PROGRAM, environment, run, sniff  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-test-')


def save(name, data):
    path = os.path.join(FOLDER.name, name)
    with open(path, 'wb') as f:
        f.write(data)
    return path


WRONG = save('wrong.pcap', talk.wrong().bytes())
RIGHT = save('right.pcap', talk.right().bytes())
CUT = save('cut.pcap', talk.wrong().bytes()[:-10])
EMPTY = save('empty.pcap', talk.Capture().bytes())


def one_line(err):
    """True for one line that says who speaks."""
    return err.startswith(b'cors-sniff: ') and err.count(b'\n') == 1 and err.endswith(b'\n')


def on_terminal(*args, env=None):
    """Run with stdout and stderr on one terminal: exit code and what was written there."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen([PROGRAM, *args], stdin=subprocess.DEVNULL, stdout=theirs,
                             stderr=theirs, env=env or environment())
    os.close(theirs)
    shown = b''
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return child.wait(), shown


def test_no_arguments_show_the_usage_on_stderr():
    code, out, err = sniff()
    assert (code, out) == (2, b'')
    assert err.startswith(b'usage: cors-sniff')
    assert err.count(b'\n') <= 5


def test_help_goes_to_stdout_and_fits():
    code, out, err = sniff('--help')
    assert (code, err) == (0, b'')
    assert out.startswith(b'usage: cors-sniff')
    assert max(map(len, out.splitlines())) <= 100
    for option in (b'-r FILE', b'--port', b'--json', b'--findings-only', b'--summary-only',
                   b'--quiet', b'--platform', b'--color', b'--no-progress', b'--fail-on',
                   b'--list-rules', b'--explain', b'--version', b'--listen', b'--web-config', b'--report',
                   b'--metrics-label', b'--replay-speed'):
        assert option in out, option
    assert len([line for line in out.splitlines() if b'cors-sniff -r ' in line]) >= 5


def test_version_names_the_libraries():
    code, out, err = sniff('--version')
    assert (code, err) == (0, b'')
    lines = out.decode().splitlines()
    assert lines[0].split()[0] == 'cors-sniff' and lines[0].split()[1][0].isdigit()
    for line, name in zip(lines[1:], ('libpcap', 'zlib', 'zstd', 'libcrypto', 'sqlite', 'libmicrohttpd')):
        assert len(lines) == 7 and line.split()[0] == name and line.split()[1][0].isdigit(), line


def test_every_rule_of_the_list_can_be_explained():
    code, out, err = sniff('--list-rules')
    assert (code, err) == (0, b'')
    ids = [line.split()[0] for line in out.decode().splitlines()]
    assert len(ids) >= 20 and len(set(ids)) == len(ids)
    for rule in ids:
        code, out, err = sniff('--explain', rule)
        assert (code, err) == (0, b''), rule
        assert out.decode().startswith(rule + ': ')
        for part in ('Severity', 'Standard', 'Chromium', 'Firefox', 'What it means', 'What to change'):
            assert part in out.decode(), (rule, part)


def test_an_unknown_rule_is_told_the_nearest():
    code, out, err = sniff('--explain', 'acao-prot')
    assert (code, out) == (2, b'')
    assert one_line(err) and b'acao-port' in err


def test_wrong_usage_is_one_line_and_exit_code_2():
    for args in (['--jsno'], ['-i', ''], ['-i', 'lo', '-r', WRONG], ['-r'], ['-r', WRONG, '-C', '1'],
                 ['-r', WRONG, '--duration', '1x'], ['-r', WRONG, '-w', '-'], ['-i', 'lo', '-s', '20'],
                 ['-r', WRONG, '-c', '0'], ['-r', WRONG, '--port', '0'],
                 ['-r', WRONG, '--color', 'x'], ['-r', WRONG, '--fail-on', 'x'],
                 ['-r', WRONG, '--platform', 'x'], ['--json'], ['-r', WRONG, 'tcp', '--json']):
        code, out, err = sniff(*args)
        assert (code, out) == (2, b''), args
        assert one_line(err), err


def test_a_filter_that_does_not_compile_is_wrong_usage():
    code, out, err = sniff('-r', '/nonexistent', 'tcp', 'prot', '80')
    assert (code, out) == (2, b'')
    assert one_line(err), err


def test_a_file_that_is_not_there_is_exit_code_3():
    code, out, err = sniff('-r', os.path.join(FOLDER.name, 'no\33such'), '-q')
    assert (code, out) == (3, b'')
    assert one_line(err) and b'\\x1bsuch' in err and b'No such file' in err, err


def test_what_is_no_capture_is_exit_code_3():
    code, out, err = sniff('-r', save('page.html', b'<html>hello, this is no capture</html>'), '-q')
    assert (code, out) == (3, b'')
    assert one_line(err), err


def test_findings_alone_are_exit_code_0():
    code, out, err = sniff('-r', WRONG)
    assert (code, err) == (0, b'')
    assert b'error acao-port: ' in out and b'\nSummary\n' in out


def test_fail_on_makes_findings_exit_code_1():
    for severity in ('info', 'warning', 'error'):
        assert sniff('-r', WRONG, '--fail-on', severity)[0] == 1
    for severity in ('warning', 'error'):
        assert sniff('-r', RIGHT, '--fail-on', severity)[0] == 0


def test_a_right_server_is_told_so():
    code, out, err = sniff('-r', RIGHT)
    assert (code, err) == (0, b'')
    assert b'Nothing wrong: 1 CORS request passes' in out, out


def test_an_empty_capture_says_what_to_do():
    code, out, err = sniff('-r', EMPTY)
    assert (code, err) == (0, b'')
    assert out.startswith(b'No packets: '), out


def test_damage_is_exit_code_4_after_the_report():
    for more in ([], ['--fail-on', 'error']):
        code, out, err = sniff('-r', CUT, *more)
        assert code == 4
        assert b'error acao-port: ' in out
        assert one_line(err), err
        assert any(word.strip(b',.:;)').isdigit() for word in err.split()), err


def test_a_missing_file_goes_before_damage_and_the_rest_is_read():
    code, out, err = sniff('-r', '/nonexistent', '-r', CUT, '--fail-on', 'error')
    assert code == 3
    assert b'error acao-port: ' in out
    assert err.count(b'\n') == 2, err


def test_standard_input_is_a_file():
    with open(WRONG, 'rb') as f:
        code, out, err = sniff('-r', '-', stdin=f.read())
    assert (code, err) == (0, b'')
    assert b'error acao-port: ' in out


def test_several_files_are_one_run():
    code, out, _ = sniff('-r', WRONG, '-r', RIGHT)
    assert code == 0
    assert b'error acao-port: ' in out and b' 2 exchanges' in out, out


def test_filter_and_ports_narrow():
    for args in (['tcp', 'port', '81'], ['tcp port 81'], ['--', 'tcp', 'port', '81']):
        code, out, err = sniff('-r', WRONG, *args)
        assert (code, err) == (0, b'')
        assert b'acao-port' not in out
    assert b'acao-port' in sniff('-r', WRONG, 'tcp', 'port', '80')[1]
    assert b'acao-port' in sniff('--port', '79-81', '-r', WRONG)[1]
    assert b'acao-port' in sniff('--port', 'any', '-r', WRONG)[1]
    code, out, _ = sniff('--port', '81', '-r', WRONG)
    assert code == 0 and b'--port any' in out, out


def test_quiet_has_no_summary_and_summary_only_no_causes():
    out = sniff('-r', WRONG, '-q')[1]
    assert b'acao-port: ' in out and b'Summary' not in out
    assert sniff('-r', RIGHT, '--quiet')[1] == b''
    out = sniff('-r', WRONG, '--summary-only')[1]
    assert out.startswith(b'Summary\n') and b'acao-port: ' not in out and b'acao-port' in out


def test_a_platform_changes_the_fix():
    texts = {sniff('-r', WRONG, '-q', '--platform', p)[1] for p in ('nginx', 'apache')}
    assert len(texts) == 2


def test_colour_is_only_for_terminals():
    assert b'\33' not in sniff('-r', WRONG)[1]
    assert b'\33[' in on_terminal('-r', WRONG)[1]
    assert b'\33[' not in on_terminal('-r', WRONG, env=environment(TERM='dumb'))[1]
    assert b'\33[' not in on_terminal('-r', WRONG, env=environment(TERM=None))[1]
    assert b'\33[' not in on_terminal('-r', WRONG, env=environment(NO_COLOR='1'))[1]
    assert b'\33[' in on_terminal('-r', WRONG, env=environment(NO_COLOR=''))[1]
    assert b'\33[' not in on_terminal('-r', WRONG, '--color', 'never')[1]


def test_colour_can_be_forced():
    assert b'\33[' in sniff('-r', WRONG, '--color', 'always')[1]
    assert b'\33[' in sniff('-r', WRONG, env=environment(CLICOLOR_FORCE='1'))[1]
    assert b'\33[' in sniff('-r', WRONG, '--color=always', env=environment(NO_COLOR='1'))[1]
    forced = environment(CLICOLOR_FORCE='1', NO_COLOR='1')
    assert b'\33[' not in sniff('-r', WRONG, env=forced)[1]
    assert b'\33' not in sniff('-r', WRONG, '--json', '--color', 'always')[1]


def test_a_short_read_draws_no_progress_bar():
    shown = on_terminal('-r', WRONG, env=environment(NO_COLOR='1'))[1]
    assert b'\33' not in shown and b'%' not in shown


def hostile_capture():
    value = b'\33]0;owned\7\33[2J\x9b31m\xc2\x9b31m\xe2\x80\xae\x7f\xff'
    capture = talk.Capture()
    for number, answer in enumerate((value, b'https://app.example.com' + value)):
        request = talk.get(target=b'/a' + value, origin=b'https://a' + value, host=b'h' + value)
        capture.talk((request, talk.reply(answer, extra=b'Server: ' + value + b'\r\n')),
                     port=50000 + number)
    return save('hostile.pcap', capture.bytes())


def test_no_header_can_speak_to_the_terminal():
    path = hostile_capture()
    for args in (['--color', 'never'], ['--json']):
        out = sniff('-r', path, *args)[1]
        text = out.decode('utf-8')  # must be valid
        for c in text:
            assert c == '\n' or (ord(c) >= 0x20 and not 0x7f <= ord(c) < 0xa0), hex(ord(c))
    assert '\u202e' not in sniff('-r', path)[1].decode('utf-8')


def pipe_to(command, *args):
    line = '"$0" "$@" | ' + command + '; echo "${PIPESTATUS[0]}"'
    done = subprocess.run(['bash', '-c', line, PROGRAM, *args], capture_output=True,
                          env=environment(), timeout=60, check=False)
    return done.stdout, done.stderr


def test_a_reader_that_leaves_is_no_failure():
    capture = talk.Capture()
    for port in range(10000, 11500):
        capture.talk((talk.get(), talk.reply(b'https://app.example.com')), port=port)
    path = save('many.pcap', capture.bytes())
    out, err = pipe_to('head -n 1', '-r', path, '--json')
    assert err == b'', err
    assert out.count(b'\n') == 2 and out.endswith(b'\n0\n'), out[-100:]
    out, err = pipe_to('true', '-r', path)
    assert (out, err) == (b'0\n', b'')


def test_an_output_that_cannot_be_written_is_exit_code_3():
    for args in (['-r', WRONG], ['-r', WRONG, '--json'], ['--help'], ['--version'], ['--list-rules'],
                 ['--explain', 'acao-port']):
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([PROGRAM, *args], stdout=full, stderr=subprocess.PIPE,
                                  env=environment(), timeout=60, check=False)
        assert done.returncode == 3, (args, done.returncode)
        assert one_line(done.stderr) and b'No space left' in done.stderr, (args, done.stderr)


def test_an_interrupt_ends_the_read_and_reports():
    data = talk.wrong().bytes()
    child = subprocess.Popen([PROGRAM, '-r', '-', '--json'], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    child.stdin.write(data)
    child.stdin.flush()
    first = child.stdout.readline()  # a live reader gets its line while the pipe is open
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert b'"type":"exchange"' in first, first
    assert out.splitlines()[-1].startswith(b'{"type":"summary"'), out[-200:]
    assert child.returncode == 0, (child.returncode, err)


def stopped_while_idle(data):
    """A pipe that brings data and then nothing, and stays open: exit code, stdout, stderr after SIGINT."""
    ours, theirs = os.pipe()
    child = subprocess.Popen([PROGRAM, '-r', '-', '--json'], stdin=ours, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, env=environment())
    os.close(ours)
    try:
        if data:
            os.write(theirs, data)
            child.stdout.readline()
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=10)
    finally:
        child.kill()
        child.wait()
        os.close(theirs)
    return child.returncode, out, err


def test_a_pipe_that_falls_silent_can_be_interrupted():
    for data in (b'', talk.wrong().bytes(), talk.wrong().bytes() + b'half a record'):
        code, out, err = stopped_while_idle(data)
        assert out.splitlines()[-1].startswith(b'{"type":"summary"'), out[-200:]
        assert (code, err) == (0, b''), (code, err)


def test_the_same_input_gives_the_same_bytes():
    for args in ([], ['--json']):
        assert len({sniff('-r', WRONG, '-r', RIGHT, *args)[1] for _ in range(3)}) == 1


if __name__ == '__main__':
    run(sys.modules[__name__])

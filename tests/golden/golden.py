#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the program on each capture of pcaps/ and compare what it says with the .expect beside the capture.

    tests/golden/golden.py [CAPTURE...]     program: $CORS_SNIFF, or build/cors-sniff

The format of .expect is described in pcaps/SOURCES.md. Prints TAP; exits 1 when anything differs.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("CORS_SNIFF", str(ROOT / "build" / "cors-sniff"))
VERDICTS = ("pass", "block", "none", "unknown")
# Advice of severity info grows with releases, so that it need not be announced; the rest must be.
ANNOUNCED = ("warning", "error")


# Words of a row that speak of findings.
SETS = ("finds", "may", "lacks")


class Row:
    """One expected exchange."""

    def __init__(self, line):
        words = line.split()
        self.verdict, self.code, self.method, self.target, self.origin = words[:5]
        self.extra = dict(w.split("=", 1) for w in words[5:])
        self.text = " ".join(words)

    def rules(self, key):
        """finds=, may= and lacks=: RULE[:CONFIDENCE] separated by commas."""
        return [tuple((w + ":").split(":")[:2]) for w in self.extra.get(key, "").split(",") if w]


class Expectation:
    def __init__(self, path):
        self.rows, self.findings, self.causes, self.forbidden = [], [], [], []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0].split("|")[0] in VERDICTS:
                self.rows.append(Row(line))
            elif words[0] == "finding":
                self.findings.append((words[1], words[2], words[3]))
            elif words[0] == "cause":
                self.causes.append((words[1], int(words[2])))
            elif words[0] == "forbid":
                self.forbidden.append(words[1])
            else:
                raise SystemExit(f"{path}:{number}: not understood: {line}")


def run(capture):
    keys = pathlib.Path(str(capture) + ".keys")
    keylog = ["--keylog", str(keys)] if keys.exists() else []
    done = subprocess.run([PROGRAM, "-r", str(capture), *keylog, "--json"], capture_output=True, timeout=120, check=False)
    objects = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    return done, objects


def described(x):
    """An exchange in the words of .expect."""
    request = x["request"] or {}
    headers = request.get("headers", [])
    origins = [value for name, value in headers if name.lower() == "origin"]
    return {
        "verdict": x["cors"]["verdict"],
        "code": x["cors"]["code"] or "-",
        "method": request.get("method") or "?",
        "target": request.get("target") or "?",
        "origin": ",".join(origins) or "-",
        "kind": x["cors"]["kind"],
        "confidence": x["cors"]["confidence"],
        "credentials": x["cors"]["credentials"],
        "unknown": x["cors"]["unknown"] or "-",
        "outcome": x["outcome"],
        "host": request.get("host") or "-",
        "status": str(x["response"]["status"]) if x["response"] else "-",
        "version": x["protocol"],
    }


def fits(row, seen, findings):
    """Whether a seen exchange is the expected one. Words may be alternatives: a|b."""
    for key in ("verdict", "code", "method", "target", "origin"):
        if seen[key] not in getattr(row, key).split("|"):
            return False
    for key, value in row.extra.items():
        if key not in SETS and seen[key] not in value.split("|"):
            return False
    for rule, confidence in row.rules("finds"):
        if not any(f["rule"] == rule and confidence in ("", f["confidence"]) for f in findings):
            return False
    for rule, confidence in row.rules("lacks"):
        if any(f["rule"] == rule and confidence in ("", f["confidence"]) for f in findings):
            return False
    return True


def one_line(x):
    s = described(x)
    found = ",".join(f"{f['rule']}:{f['confidence']}" for f in x["findings"])
    words = [s["verdict"], s["code"], s["method"], s["target"], s["origin"], f"kind={s['kind']}",
             f"status={s['status']}", f"outcome={s['outcome']}", f"unknown={s['unknown']}", f"found={found}"]
    return " ".join(words)


def match_exchanges(expect, exchanges, wrong):
    """Pair rows with exchanges, the most particular rows first, else in order. Returns [(row, exchange)]."""
    left = list(exchanges)
    pairs = []
    for row in sorted(expect.rows, key=lambda r: -len(r.extra.keys() - {"may"})):
        hit = next((x for x in left if fits(row, described(x), x["findings"])), None)
        if hit is None:
            wrong.append("expected and not seen: " + row.text)
        else:
            left.remove(hit)
            pairs.append((row, hit))
    wrong.extend("seen and not expected: " + one_line(x) for x in left)
    return pairs


def check_findings(expect, exchanges, pairs, wrong):
    announced = {}
    for row, x in pairs:
        words = row.rules("finds") + row.rules("may")
        announced[id(x)] = {rule for rule, _ in words} | {x["cors"]["code"]}
    counts = collections.Counter()
    counted_rules = {rule for rule, _, _ in expect.findings}
    for x in exchanges:
        for f in x["findings"]:
            for word in expect.forbidden:
                if word in (f["severity"], f["confidence"]):
                    wrong.append(f"forbidden ({word}): {f['rule']}:{f['confidence']} on {one_line(x)}")
            if f["rule"] in counted_rules:
                counts[f["rule"], f["confidence"]] += 1
            elif f["severity"] in ANNOUNCED and id(x) in announced and f["rule"] not in announced[id(x)]:
                wrong.append(f"finding that nobody expected: {f['rule']}:{f['confidence']} ({f['severity']}) on "
                             + one_line(x))
        code = x["cors"]["code"]
        if x["cors"]["verdict"] == "block" and code not in [f["rule"] for f in x["findings"]]:
            wrong.append(f"blocked by {code}, which is not among the findings: {one_line(x)}")
    for rule, confidence, number in expect.findings:
        have = sum(counts[rule, c] for c in confidence.split("|"))
        if not (have >= 1 if number == "+" else have == int(number)):
            wrong.append(f"finding {rule} {confidence}: expected {number}, seen {have}")


def check_causes(expect, exchanges, objects, wrong):
    """Each finding names a cause that is told; how many causes a rule has, where the expectation says so."""
    told = {o.get("id") or o.get("cause") for o in objects if o["type"] == "cause"}
    causes = collections.defaultdict(set)
    for x in exchanges:
        for f in x["findings"]:
            causes[f["rule"]].add(f["cause"])
            if f["cause"] not in told:
                wrong.append(f"cause {f['cause']} of {f['rule']} is not told")
    for rule, number in expect.causes:
        if len(causes[rule]) != number:
            wrong.append(f"causes of {rule}: expected {number}, seen {len(causes[rule])}")


def check(capture):
    expect = Expectation(pathlib.Path(str(capture) + ".expect"))
    wrong = []
    try:
        done, objects = run(capture)
    except (OSError, ValueError, subprocess.TimeoutExpired) as e:
        return [f"{PROGRAM}: {e}"]
    if done.returncode != 0:
        wrong.append(f"exit code {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    if not objects or objects[-1]["type"] != "summary":
        wrong.append("no summary at the end")
    exchanges = [o for o in objects if o["type"] == "exchange"]
    pairs = match_exchanges(expect, exchanges, wrong)
    check_findings(expect, exchanges, pairs, wrong)
    check_causes(expect, exchanges, objects, wrong)
    return wrong


def main():
    captures = [pathlib.Path(a) for a in sys.argv[1:]]
    if not captures:
        captures = sorted(pathlib.Path(str(p)[: -len(".expect")]) for p in (ROOT / "pcaps").glob("*.expect"))
    failed = 0
    print(f"1..{len(captures)}")
    for number, capture in enumerate(captures, 1):
        wrong = check(capture)
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {capture.name}")
        for line in wrong:
            print("# " + line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

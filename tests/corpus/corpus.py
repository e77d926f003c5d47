#!/usr/bin/env python3
"""Compare the program's exchanges with a reference dissector's reading of the same captures.

usage: tests/corpus/corpus.py DIR [NAME...]

DIR holds captures, each NAME with a NAME.truth.jsonl: one line an exchange, "firm" where it can be
relied on. Every firm line of HTTP/1 and HTTP/2 must be found, with the same header values; no exchange may be
there that the reference has not, firm or not. Where the reference is wrong, differences.tsv says
so, with the reason. Speaks TAP, one test a capture.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
PROGRAM = os.environ.get('CORS_SNIFF', 'build/cors-sniff')

# The reference's names for the fields that are compared, where the program keeps them.
REQUEST = {'host': 'host', 'origin': 'origin', 'access-control-request-method': 'acrm',
           'access-control-request-headers': 'acrh', 'sec-fetch-mode': 'sec_fetch_mode',
           'sec-fetch-site': 'sec_fetch_site', 'referer': 'referer', 'upgrade': 'upgrade'}
RESPONSE = {'access-control-allow-origin': 'acao', 'access-control-allow-credentials': 'acac',
            'access-control-allow-methods': 'acam', 'access-control-allow-headers': 'acah',
            'access-control-expose-headers': 'aceh', 'access-control-max-age': 'acma',
            'vary': 'vary', 'age': 'age', 'x-cache': 'x_cache', 'x-cache-hits': 'x_cache_hits',
            'x-served-by': 'x_served_by', 'cf-cache-status': 'cf_cache_status', 'via': 'via',
            'cache-control': 'cache_control', 'timing-allow-origin': 'tao',
            'cross-origin-resource-policy': 'corp', 'location': 'location',
            'content-type': 'content_type'}

Key = collections.namedtuple('Key', 'client server method target status fields')


def pick(message, table):
    found = {}
    for name, value in (message or {}).get('headers', []):
        key = table.get(name.lower())
        if key:
            found.setdefault(key, []).append(value)
    return found


def endpoint(text):
    """'1.2.3.4:80' and '[::1]:80' as the reference writes them: '1.2.3.4 80'."""
    host, _, port = text.rpartition(':')
    return f'{host.strip("[]")} {port}'


def frozen(fields):
    return tuple(sorted((key, tuple(values)) for key, values in fields.items()))


def ours(line):
    request, response = line['request'], line['response']
    fields = {**pick(request, REQUEST), **pick(response, RESPONSE)}
    # To the reference, :authority is one more Host.
    if line['protocol'] == 'h2' and request and request.get('host') not in (None, *fields.get('host', [])):
        fields['host'] = [request['host'], *fields.get('host', [])]
    return Key(endpoint(line['client']), endpoint(line['server']),
               request and request['method'], request and request['target'],
               response and response['status'], frozen(fields))


def theirs(line):
    names = [*REQUEST.values(), *RESPONSE.values()]
    fields = {}
    for name in names:
        value = line.get(name)
        if value is not None:
            fields[name] = value if isinstance(value, list) else [value]
    return Key(line['client'], line['server'], line['method'], line['uri'], line['status'],
               frozen(fields))


def rough(key):
    """What stays of an exchange of which the reference is not sure."""
    return (key.client, key.server, (key.method, key.target) if key.method else key.status)


def tell(key):
    return f'{key.method} {key.target} -> {key.status} ({key.client} > {key.server})'


def read_program(path):
    done = subprocess.run([PROGRAM, '-r', str(path), '--json'], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 4):
        raise RuntimeError(f'exit code {done.returncode}: {done.stderr.decode()}')
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [ours(line) for line in lines if line['type'] == 'exchange']


def read_known():
    known = collections.defaultdict(set)
    for line in (HERE / 'differences.tsv').read_text(encoding='utf-8').splitlines():
        if line and not line.startswith('#'):
            name, kind, what, _reason = line.split('\t')
            known[name].add((kind, what))
    return known


def compare(path, known):
    """What differs, as (kind, exchange) pairs, but for what is known; and how many firm lines."""
    truth = [json.loads(line) for line in open(f'{path}.truth.jsonl', encoding='utf-8')]
    truth = [line for line in truth if line['proto'] in ('h1', 'h2')]
    got = collections.Counter(read_program(path))
    firm = collections.Counter(theirs(line) for line in truth if line['firm'])
    soft = collections.Counter(theirs(line) for line in truth if not line['firm'])
    missing = firm - got
    extra = got - firm - soft
    # A line that is not firm is right about there being an exchange, if about nothing else: its
    # request may be one that the reference has no method for, its headers may be from a hole.
    loose = collections.Counter(rough(key) for key in (soft - got).elements())
    rows = [('missing', tell(key)) for key in missing.elements()]
    for key in extra.elements():
        place = next((p for p in (rough(key), rough(key._replace(method=None))) if loose[p]), None)
        if place:
            loose[place] -= 1
        else:
            rows.append(('extra', tell(key)))
    return [row for row in rows if row not in known], sum(firm.values())


def main(folder, names):
    folder = pathlib.Path(folder)
    known = read_known()
    paths = sorted(path.with_suffix('').with_suffix('') for path in folder.glob('*.truth.jsonl'))
    failed = firm_all = 0
    for number, path in enumerate((p for p in paths if not names or p.name in names), 1):
        try:
            rows, firm = compare(path, known[path.name])
        except (RuntimeError, ValueError) as error:
            rows, firm = [('broken', str(error))], 0
        firm_all += firm
        failed += bool(rows)
        print(f'{"not ok" if rows else "ok"} {number} - {path.name}: {firm} firm exchanges')
        for kind, what in rows:
            print(f'#   {kind}: {what}')
    print(f'# {firm_all} firm exchanges; {failed} captures differ')
    return 1 if failed or not firm_all else 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))

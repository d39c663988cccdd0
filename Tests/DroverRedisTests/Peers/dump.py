"""What the keys of a prefix hold, in a form in which two prefixes can be compared."""
import json
from decimal import Decimal

PARSED = ("opts", "parent", "stacktrace", "pd")


def dump(client, prefix, without=(), without_in_events=()):
    """All keys of `prefix`, each as its type, value and whether it expires.

    The prefix is left out of the names of keys and is `{}` in values. Left out are the keys that only Drover has
    (`drover:…` of a queue, and `drover-…` of the prefix), the ids of stream entries, the fields `without` of hashes and
    the fields `without_in_events` of stream entries. Scores are exact decimals; sets are sorted.
    """
    keys = {}
    for key in client.scan_iter(match=escaped(prefix) + ":*", count=1000):
        rest = key[len(prefix) + 1:]
        if rest.startswith("drover-") or rest.partition(":")[2].startswith("drover:"):
            continue
        kind = client.type(key)
        value = VALUES[kind](client, key, lambda text: text.replace(prefix + ":", "{}:"), without, without_in_events)
        # A key may have expired since it was found.
        if kind != "none" and value is not None:
            keys[rest] = {"type": kind, "value": value, "expires": client.pttl(key) >= 0}
    return dict(sorted(keys.items()))


def escaped(text):
    """Text without meaning in a pattern of SCAN."""
    return "".join("\\" + letter if letter in "*?[]\\^-" else letter for letter in text)


def exact(score):
    """A score as a decimal with all its digits and without an exponent."""
    return format(Decimal(score), "f")


def hash_value(client, key, neutral, without, _):
    fields = {}
    for name, text in sorted(client.hgetall(key).items()):
        text = neutral(text)
        if name in without:
            continue
        try:
            fields[neutral(name)] = json.loads(text) if name in PARSED else text
        except ValueError:
            fields[neutral(name)] = text
    return fields


def stream_value(client, key, neutral, _, without):
    return [
        [neutral(text) for pair in fields.items() if pair[0] not in without for text in pair]
        for _, fields in client.xrange(key)
    ]


VALUES = {
    "none": lambda *_: None,
    "string": lambda client, key, neutral, *_: neutral(client.get(key) or ""),
    "list": lambda client, key, neutral, *_: [neutral(text) for text in client.lrange(key, 0, -1)],
    "set": lambda client, key, neutral, *_: sorted(neutral(text) for text in client.smembers(key)),
    "zset": lambda client, key, neutral, *_: [
        [neutral(member), exact(score)] for member, score in client.zrange(key, 0, -1, withscores=True)],
    "hash": hash_value,
    "stream": stream_value,
}

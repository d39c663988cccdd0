"""Where the clock of a zone changes, found by looking, from Python's zoneinfo."""

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

UTC = timezone.utc
FIRST = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(2028, 1, 1, tzinfo=UTC).timestamp())


@lru_cache(maxsize=None)
def zone(name):
    return ZoneInfo(name)


def local(instant, name):
    """What the clock shows, with `fold` set the second time it shows it."""
    return datetime.fromtimestamp(instant, zone(name))


def offset(instant, name):
    return int(local(instant, name).utcoffset() / timedelta(seconds=1))


@lru_cache(maxsize=None)
def edges(name, first=FIRST, last=LAST):
    """The instants from which another offset holds: [(instant, offset before, offset after)]."""
    found = []
    low = first
    while low < last:
        high = min(low + 86400, last)
        before, after = offset(low, name), offset(high, name)
        if before != after:
            inside, outside = low, high
            while outside - inside > 1:
                middle = (inside + outside) // 2
                if offset(middle, name) == before:
                    inside = middle
                else:
                    outside = middle
            found.append((outside, before, after))
        low = high
    return found

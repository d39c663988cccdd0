"""Makes the questions for the oracles: an expression, a zone and an instant a line.

usage: questions.py SEED COUNT

The same seed makes the same questions: of Python's generator only `random()` is used, whose sequence is promised.
"""

import random
import sys
from datetime import datetime

from edges import FIRST, LAST, UTC, edges

# Both hemispheres, offsets of half and of three quarters of an hour, zones without summer time, changes at midnight,
# a change of half an hour (Lord Howe) and one of two hours (Troll), one for good (Volgograd 2020).
ZONES = """
    UTC America/New_York America/St_Johns America/Phoenix America/Santiago America/Havana America/Sao_Paulo
    Atlantic/Azores Europe/London Europe/Berlin Europe/Volgograd Africa/Lagos Asia/Jerusalem Asia/Kolkata
    Asia/Kathmandu Asia/Tokyo Australia/Sydney Australia/Adelaide Australia/Lord_Howe Pacific/Auckland
    Pacific/Chatham Antarctica/Troll
""".split()

MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
DAYS = "SUN MON TUE WED THU FRI SAT".split()


class Maker:
    def __init__(self, seed):
        self.generator = random.Random(seed)

    def number(self, first, last):
        return first + int(self.generator.random() * (last - first + 1))

    def pick(self, *choices):
        return choices[self.number(0, len(choices) - 1)]

    def one_in(self, count):
        return self.number(1, count) == 1

    # Fields

    def range(self, first, last):
        a, b = sorted((self.number(first, last), self.number(first, last)))
        return f"{a}-{b}"

    def numbers(self, first, last):
        """A list, a range or steps of a field from first to last."""
        def item():
            kind = self.number(1, 8)
            if kind <= 4:
                return str(self.number(first, last))
            if kind <= 6:
                return self.range(first, last)
            if kind == 7:
                return f"{self.range(first, last)}/{self.number(1, 7)}"
            return f"{self.number(first, last)}/{self.number(2, 15)}"

        return ",".join(item() for _ in range(self.pick(1, 1, 1, 1, 2, 2, 3)))

    def minute(self):
        return self.pick(
            "0", "30", "15", "*", "0", str(self.number(0, 59)), str(self.number(0, 59)),
            f"*/{self.pick(2, 5, 7, 10, 15, 20, 25, 30, 45, 90)}", "0,30", "0,15,30,45", self.numbers(0, 59))

    def hour(self):
        return self.pick(
            "*", "*", "0", "1", "2", "2", "3", "0-3", "1,2", "2,3", str(self.number(0, 23)),
            f"*/{self.pick(2, 3, 4, 5, 6, 8, 12)}", self.numbers(0, 23))

    def day(self):
        return self.pick(
            "*", "*", "*", "*", "1", "29", "30", "31", "L", str(self.number(1, 31)), f"*/{self.number(2, 9)}",
            f"1,{self.number(2, 31)}", "1-7", self.numbers(1, 31), self.pick("15,L", "L", "?", "1-31"))

    def month(self):
        return self.pick(
            "*", "*", "*", "*", "*", "*", "2", str(self.number(1, 12)), self.pick(*MONTHS),
            self.pick(*MONTHS).lower(), f"*/{self.number(2, 6)}", self.numbers(1, 12), "MAR-MAY", "3,10,11")

    def weekday(self):
        return self.pick(
            "*", "*", "*", "*", "*", str(self.number(0, 7)), "1-5", "MON-FRI", self.pick(*DAYS), "sat,sun", "7", "0",
            self.numbers(0, 7), f"{self.number(0, 7)}#{self.number(1, 5)}", f"{self.number(0, 7)}L",
            f"*/{self.number(2, 3)}")

    def expression(self):
        kind = self.number(1, 40)
        if kind == 1:
            return self.pick("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
        if kind == 2:
            return self.rare()
        fields = [self.minute(), self.hour(), self.day(), self.month(), self.weekday()]
        if kind <= 12:  # What changes of the clock meet most.
            fields = [self.minute(), self.hour(), "*", "*", "*"]
        if kind <= 16 or self.one_in(12):
            fields.insert(0, self.pick("0", "30", str(self.number(0, 59)), "*/20", "0,30", "*", self.numbers(0, 59)))
        return " ".join(fields)

    def rare(self):
        """What only one oracle knows, or what they read differently."""
        return self.pick(
            "0 0 29 2 *", "0 12 29 FEB MON", "0 0 * 2 1#5", "0 0 31 12 *", "59 23 31 12 *", "0 0 L 2 *", "0 9 LW * *",
            f"0 9 {self.number(1, 31)}W * *", f"{self.number(0, 59)} 3 * * FRI-MON", "0 0 1 NOV-FEB *",
            f"0 {self.number(18, 23)}-{self.number(0, 6)} * * *", f"{self.number(50, 59)}-{self.number(0, 9)} 4 * * *",
            "0 6 25-5 * *", f"0 {self.number(18, 23)}-5/{self.number(2, 3)} * * *", "5-5 4 * * *", "0 0 ? * 1",
            "0 0 1 * ?", "0 0 1,15 * 5L", "0 0 1-7 * 1#2", "0 0 * * 1#1,3#3", "0 0 * * 1,5L", "0 0 */2 * 1",
            "0 0 1 * */3", "0 0 1-31 * 2", "0 0 1 * 0-6", f"0 0 * * {self.number(1, 6)}/{self.number(2, 4)}",
            "0 0 * * 5-7", "0 0 * * 1-7/2", "0 0 * * 6-2", "0 0 * * SAT-SUN", "0 0 * DEC-JAN/1 *", "0 0 15W * 1",
            "0 0 * * 7-2")

    # Instants

    def instant(self, zone):
        turns = edges(zone)
        kind = self.number(1, 10)
        if kind <= 5 and turns:
            turn = self.pick(*turns)[0]
            return turn + self.pick(
                0, -1, 1, -3600, 3600, 1800, -1800, 3599, 7199, -self.number(0, 10800), -self.number(0, 86400),
                self.number(0, 10800), self.number(0, 5400))
        year = self.number(2020, 2027)
        if kind == 6:
            return self.around(year, 1, 1)
        if kind == 7:
            return self.around(self.pick(2020, 2024), 2, 29)
        if kind == 8:
            return self.around(year, self.number(1, 12), 1)
        return self.number(FIRST, LAST - 1)

    def around(self, year, month, day):
        start = int(datetime(year, month, day, tzinfo=UTC).timestamp())
        return start + self.pick(0, -1, 1, self.number(-86400, 86400))


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    maker = Maker(seed)
    seen = set()
    while len(seen) < count:
        zone = maker.pick(*ZONES)
        question = (maker.expression(), zone, min(max(maker.instant(zone), FIRST), LAST - 1))
        if question not in seen:
            seen.add(question)
            print(*question, sep="\t")


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# Runs the rounds of encryption, then all tests, and searches all that they print for the texts and keys that tests of encryption use
# (Sources/DroverTesting/Verification/Canary.swift): none may reach a log, an error, an event or a metric. What reaches a disk the
# tests search themselves. Arguments go to `swift test`.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .build
log=.build/canary.log
{
    # By themselves: they would keep a thread from the tests beside them, which have times to keep.
    swift test "$@" --filter '[.]EncryptionRoundTests/'
    env -u DROVER_ENCRYPTION_ROUNDS swift test "$@"
} 2>&1 | tee "$log"
# As it is, and how a key begins in base64 and in hexadecimal digits.
found=$(grep -niE 'drover-canary-|ZHJvdmVyLWNhbmFye|64726f7665722d63616e617279' "$log" || true)
if [ -n "$found" ]; then
    head -n 20 <<<"$found"
    echo "canary: the lines above tell what is secret; find who prints it" >&2
    exit 1
fi
echo "figure: $(wc -l <"$log") lines of output without a canary"

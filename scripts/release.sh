#!/usr/bin/env bash
# Builds programs as they are shipped, and prints the folder that they are in: optimized, and on Linux each in one file that
# needs no Swift runtime beside it. What only the loader reads counts as a worker's memory all its life, so there is little
# of it: no names for libraries to call, and, where the C library can read them (glibc from 2.36 on), packed addresses.
#
# usage: scripts/release.sh [PRODUCT…]     (drover by default)
set -euo pipefail
cd "$(dirname "$0")/.."
flags=(-c release)
if [ "$(uname)" = Linux ]; then
    flags+=(--static-swift-stdlib -Xlinker --no-export-dynamic)
    library=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d ' ' -f 2 || true)
    if [ -n "$library" ] && printf '2.36\n%s\n' "$library" | sort --check --version-sort 2>/dev/null; then
        flags+=(-Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs)
    fi
fi
for product in "${@:-drover}"; do swift build "${flags[@]}" --product "$product" >&2; done
swift build "${flags[@]}" --show-bin-path

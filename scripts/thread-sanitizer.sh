#!/usr/bin/env bash
# Runs every test under ThreadSanitizer, one after another: beside each other they would be too slow for their own waits.
set -euo pipefail
cd "$(dirname "$0")/.."
build=(--sanitize=thread --scratch-path .build-tsan)
swift build --build-tests "${build[@]}"
library=$PWD/.build-tsan/thread-sanitizer.so
"$(command -v clang || command -v cc)" -shared -fPIC -O1 -Wall -o "$library" scripts/thread-sanitizer.c -ldl
TSAN_OPTIONS="suppressions=$PWD/scripts/thread-sanitizer.txt" LD_PRELOAD=$library swift test --skip-build --no-parallel "${build[@]}"

#!/usr/bin/env bash
# Builds and runs every test. Where some fail, their findings stand once more at the end, so that also the last lines
# of a long log say what to mend. Arguments go to `swift test`.
#
# usage: scripts/test.sh [ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."
# All at once they keep each other from the few threads that there are for so long that waits come to their end.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-6}
log=.build/test.log
mkdir -p .build
status=0
swift test "$@" 2>&1 | tee "$log" || status=$?
if [ "$status" -ne 0 ]; then
    echo "test: failed; what it said of that, of $log:"
    grep -aE 'recorded an issue|^↳|Fatal error|error:|Exited with' "$log" | cut -c 1-400 | head -n 30 || true
    grep -aE '✘ Test run with' "$log" || true
fi
exit "$status"

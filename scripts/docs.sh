#!/usr/bin/env bash
# Builds the reference documentation of every public library, and the guides with that of Drover. A warning, for example a
# link to a name that is gone, is an error. The archives lie under .build/plugins/Swift-DocC/outputs.
set -euo pipefail
cd "$(dirname "$0")/.."
for target in DroverCore Drover DroverSQLite DroverRedis DroverConformance DroverTesting; do
    echo "docs: $target"
    swift package generate-documentation --target "$target" --warnings-as-errors
done

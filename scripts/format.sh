#!/usr/bin/env bash
# Formats every Swift file of the project in place, by .swift-format.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.swift' | grep -v '\.generated\.swift$')
swift format format -i -p "${files[@]}"

#!/usr/bin/env bash
# A handler for `drover work --handler exec:…`: the payload {"path": …} comes on standard input, the last line of
# standard output is the result, and another exit code than 0 fails the attempt.
set -euo pipefail
path=$(jq -er .path)
digest=$(sha256sum <"$path")
jq -cn --arg path "$path" --arg sha256 "${digest%% *}" '{path: $path, sha256: $sha256}'

#!/usr/bin/env bash
# Makes the Python environment in which tests run BullMQ's own client, and prints the path of its python.
# Does nothing, quickly, when it is there and has what requirements.txt asks for.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=Tests/DroverRedisTests/Peers/requirements.txt
folder=$PWD/.build/python-peers
python=$folder/bin/python
# Written last: an installation that broke off has none.
stamp=$folder/requirements.sha256
wanted=$(sha256sum <"$requirements")

# The python is started as well, since it is of no use once the system's own has been replaced.
current() { [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && "$python" -c '' 2>/dev/null; }

if ! current; then
    mkdir -p .build
    exec 9>.build/python-peers.lock
    flock 9
    # Another run may have done it while this one waited.
    if ! current; then
        echo "python-peers: installing $(xargs <"$requirements")" >&2
        rm -rf "$folder"
        python3 -m venv "$folder" >&2
        "$python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2 || {
            echo "python-peers: pip could not install $requirements; it needs a package index, see PIP_INDEX_URL" >&2
            exit 1
        }
        printf '%s\n' "$wanted" >"$stamp"
    fi
fi
echo "$python"

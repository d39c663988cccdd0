#!/usr/bin/env bash
# Prints the path of `promtool`, Prometheus' own checker of metrics: the system's, else one taken out of Debian's package,
# which is not installed, since it would start a server.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v promtool; then exit 0; fi
folder=$PWD/.build/promtool
tool=$folder/usr/bin/promtool
if ! "$tool" --version >/dev/null 2>&1; then
    mkdir -p .build
    exec 9>.build/promtool.lock
    flock 9
    # Another run may have done it while this one waited.
    if ! "$tool" --version >/dev/null 2>&1; then
        echo "promtool: taking it out of Debian's package prometheus" >&2
        rm -rf "$folder"
        mkdir -p "$folder"
        get() { (cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root prometheus >&2); }
        as_root=()
        [ "$(id -u)" -eq 0 ] || as_root=(sudo)
        # The list of packages may be missing or old.
        get || { "${as_root[@]}" apt-get update -qq >&2 && get; } || {
            echo "promtool: apt-get could not get the package prometheus; install promtool by your system's own means" >&2
            exit 1
        }
        dpkg-deb -x "$folder"/prometheus_*.deb "$folder"
        rm "$folder"/prometheus_*.deb
    fi
fi
echo "$tool"

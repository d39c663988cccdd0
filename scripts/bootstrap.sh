#!/usr/bin/env bash
# Installs what the build, the tests and the demo use. Does nothing, quickly, when nothing is missing.
set -euo pipefail

fail() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }

# Swift itself: its own installer knows best where it belongs, so it is only checked here.
required_major=6 required_minor=3
where="Install it from https://www.swift.org/install and put its usr/bin on PATH."
command -v swift >/dev/null || fail "Swift $required_major.$required_minor or newer is missing. $where"
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' | head -n 1)
[ -n "$version" ] || fail "\`swift --version\` did not say its version. $where"
read -r major minor <<<"$version"
if [ "$major" -lt "$required_major" ] || { [ "$major" -eq "$required_major" ] && [ "$minor" -lt "$required_minor" ]; }; then
    fail "Swift $major.$minor is too old; Drover needs $required_major.$required_minor or newer. $where"
fi

# command, header, file or module of Python that shows that a package is there : Debian's name of the package
needs=(
    "command:make:make" "command:git:git" "command:python3:python3" "command:gzip:gzip"
    "command:sqlite3:sqlite3" "command:jq:jq" "command:sha256sum:coreutils"
    "command:mount:mount" "command:unshare:util-linux" "file:/etc/ssl/certs/ca-certificates.crt:ca-certificates"
    "header:sqlite3.h:libsqlite3-dev" "header:zlib.h:zlib1g-dev"
    "command:redis-server:redis-server" "command:redis-cli:redis-tools" "command:redis-benchmark:redis-tools"
    "command:curl:curl"
    "command:setpriv:util-linux" "command:flock:util-linux" "command:openssl:openssl" "python:ensurepip:python3-venv"
)

present() {
    case $1 in
        command) command -v "$2" >/dev/null ;;
        file) [ -e "$2" ] ;;
        header) [ -e "/usr/include/$2" ] || [ -e "/usr/local/include/$2" ] ;;
        python) python3 -c "import $2" 2>/dev/null ;;
    esac
}

# What is kept in .build, and not installed.
outside() {
    "$(dirname "$0")/python-peers.sh" >/dev/null
    "$(dirname "$0")/promtool.sh" >/dev/null
}

missing=()
for need in "${needs[@]}"; do
    IFS=: read -r kind what package <<<"$need"
    present "$kind" "$what" || missing+=("$package")
done

if [ ${#missing[@]} -eq 0 ]; then
    outside
    echo "bootstrap: Swift $major.$minor; nothing is missing."
    exit 0
fi

command -v apt-get >/dev/null || fail "these are missing: ${missing[*]}. Install them by your system's own means; \
only Debian's and Ubuntu's apt-get is known here."
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these are missing: ${missing[*]}. Install them as root, or install sudo."
    as_root=(sudo)
fi
echo "bootstrap: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
outside
echo "bootstrap: done."

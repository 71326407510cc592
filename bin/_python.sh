# Sourced by bin/demo and bin/test: finds Python, makes .venv, installs what is pinned.

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# need_venv FILE: .venv holds everything that requirements FILE pins. Quick when it already does.
need_venv() {
    if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
        python=$(find_python) || stop "Python 3.11 or newer is needed and was not found."
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            stop "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"
        say "Making .venv with $("$python" --version)"
        "$python" -m venv --clear .venv || stop ".venv could not be made."
    fi
    wanted=$(cat requirements.txt "$1" | .venv/bin/python -c \
        'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
    stamp=.venv/installed-$(basename "$1" .txt)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        say "Installing what $1 pins"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1" ||
            stop "the packages could not be installed. Is there a network? (see above)"
        printf '%s\n' "$wanted" >"$stamp"
    fi
}

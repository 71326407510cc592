# Sourced by the scripts of this folder: finds Python, makes .venv, installs what is locked.

# uv leaves compiling to the first import. Where that may not be kept, every process compiles all.
unset PYTHONDONTWRITEBYTECODE

# find_python: prints a Python that every locked package has wheels for.
find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c \
            'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# make_venv: there is a .venv whose Python starts.
make_venv() {
    if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
        python=$(find_python) || stop "Python 3.11, 3.12, 3.13 or 3.14 is needed and was not found."
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            stop "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"
        say "Making .venv with $("$python" --version)"
        "$python" -m venv --clear .venv || stop ".venv could not be made."
    fi
}

# need_venv FILE: .venv holds everything that requirements FILE locks. Quick when it already does.
need_venv() {
    make_venv
    wanted=$(.venv/bin/python -c \
        'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1")
    stamp=.venv/installed-$(basename "$1" .txt)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        say "Installing what $1 locks"
        install_locked "$1" ||
            stop "the packages could not be installed. Is there a network? (see above)"
        printf '%s\n' "$wanted" >"$stamp"
    fi
}

# install_locked FILE: by uv, which takes seconds where pip takes a minute; by pip where uv fails.
install_locked() {
    if need_uv && run_uv pip install --quiet --python .venv/bin/python --require-hashes -r "$1"; then
        return 0
    fi
    say "uv did not work here (see above). Installing with pip, which takes longer."
    run_pip install --quiet --require-hashes -r "$1"
}

# need_uv: .venv has the locked uv, a wheel from the same place as every other package.
need_uv() {
    run_pip install --quiet --require-hashes --only-binary :all: -r requirements-uv.txt
}

run_pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }

# pip_setting NAME: prints what pip's configuration files say.
pip_setting() {
    run_pip config list 2>/dev/null | sed -En "s/^(global|install)\.$1='(.*)'$/\2/p" | tail -n 1
}

# run_uv ARGUMENTS: with the index and the certificates that pip is told to use, and never with a
# Python that uv would download. What the caller's environment says to uv itself comes first.
run_uv() (
    index=${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-${PIP_INDEX_URL:-$(pip_setting index-url)}}}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
    certificates=${SSL_CERT_FILE:-${PIP_CERT:-$(pip_setting cert)}}
    [ -z "$certificates" ] || export SSL_CERT_FILE="$certificates"
    export UV_PYTHON_DOWNLOADS=never
    exec .venv/bin/uv "$@"
)

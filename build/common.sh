# shellcheck shell=bash
# What ./run, ./carillon and ./test share: find the tools, build once per state of the sources, say clearly what is missing.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
program="$root/artifacts/bin/Carillon.Server/release/Carillon.Server"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDTERMINALLOGGER=off
# Build nodes that outlive the command would hold the memory of a small machine; in CI the compiler server too.
export MSBUILDDISABLENODEREUSE=1
if [[ ${CI:-} == true ]]; then export UseSharedCompilation=false; fi

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

need_dotnet() {
    if ! command -v dotnet >/dev/null 2>&1 && [[ -x ${DOTNET_ROOT:-$HOME/.dotnet}/dotnet ]]; then
        PATH="${DOTNET_ROOT:-$HOME/.dotnet}:$PATH"
    fi
    if ! command -v dotnet >/dev/null 2>&1 && ! need_packages dotnet=dotnet-sdk-10.0; then
        fail "The .NET 10 SDK is missing. Install it and run this again:
  Ubuntu 24.04 and later:  sudo apt-get install dotnet-sdk-10.0
  elsewhere:               https://dotnet.microsoft.com/download/dotnet/10.0"
    fi
    # Only names are read here: starting dotnet to ask its version would cost more than the rest of the start.
    local home
    home=$(dirname "$(readlink -f "$(command -v dotnet)")")
    compgen -G "$home/sdk/1[0-9].*" >/dev/null ||
        fail "The .NET SDK in $home is older than 10. Install version 10: https://dotnet.microsoft.com/download/dotnet/10.0"
}

# need_packages COMMAND=PACKAGE …: as root on Debian or Ubuntu installs what is missing; elsewhere says what to install and answers 1.
need_packages() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null 2>&1 || missing+=("${pair#*=}")
    done
    ((${#missing[@]})) || return 0
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null 2>&1; then
        say "Installing ${missing[*]} …"
        { apt-get install -y -q "${missing[@]}" || { apt-get update -q && apt-get install -y -q "${missing[@]}"; }; } </dev/null >/dev/null 2>&1 && return 0
    fi
    say "Missing: ${missing[*]}. On Debian or Ubuntu: sudo apt-get install ${missing[*]}"
    return 1
}

# A mark of all sources under the given paths: name, size and time of change of each file that git tracks or would track.
stamp_of() {
    {
        if command -v git >/dev/null 2>&1 && git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
            git ls-files -z --cached --others --exclude-standard -- "$@"
        else
            find "$@" -type f -not -path '*/bin/*' -not -path '*/obj/*' -print0 | sort -z
        fi
    } | xargs -0 stat -c '%n %s %.Y' 2>/dev/null | cksum
}

# once STAMP-NAME PATHS… -- COMMAND…: runs the command unless it already succeeded for this state of the paths.
once() {
    local name=$1 paths=() now
    shift
    while [[ $1 != -- ]]; do paths+=("$1"); shift; done
    shift
    mkdir -p artifacts
    now=$(stamp_of "${paths[@]}")
    [[ $(cat "artifacts/.stamp-$name" 2>/dev/null) == "$now" ]] && return 0
    (
        # Two commands started together build once: the second waits, and finds the work done.
        command -v flock >/dev/null 2>&1 && flock 9
        [[ $(cat "artifacts/.stamp-$name" 2>/dev/null) == "$now" ]] && exit 0
        "$@" || exit 1
        printf '%s\n' "$now" >"artifacts/.stamp-$name"
    ) 9>artifacts/.lock
}

# Runs a build quietly; its words are shown only when it fails.
quietly() {
    local log
    log=$(mktemp)
    if "$@" >"$log" 2>&1 </dev/null; then
        rm -f "$log"
        return 0
    fi
    cat "$log" >&2
    rm -f "$log"
    return 1
}

build_program() {
    need_dotnet
    say "Building Carillon (Release) …"
    quietly dotnet build src/Carillon.Server -c Release -v q --nologo
}

sources=(src Directory.Build.props Directory.Build.targets Directory.Packages.props .editorconfig BannedSymbols.txt)

# The program, built if its sources changed since the last build.
ensure_program() {
    [[ -x $program ]] || rm -f artifacts/.stamp-program
    once program "${sources[@]}" -- build_program || fail "The build failed; the reason stands above."
}

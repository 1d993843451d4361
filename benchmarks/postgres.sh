# Read by run and profile: a PostgreSQL of their own on a free port of loopback, for as long as they run. Sets $postgres, $port and $directory.
fail() { echo "$*" >&2; exit 1; }
postgres="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)"
[[ -n $postgres ]] || postgres="$(dirname "$(command -v initdb || true)")"
[[ -x $postgres/initdb ]] || fail "PostgreSQL's programs are missing; on Debian or Ubuntu: sudo apt-get install postgresql-15 postgresql-contrib"

directory="$(mktemp -d)"
as() { if [[ $(id -u) == 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi; }
stop() { as "$postgres/pg_ctl" -D "$directory/data" -m fast -w stop >/dev/null 2>&1 || true; rm -rf "$directory"; }
trap stop EXIT

# start [TRACK] [LIBRARY]: which statements are counted (top, all), and what else the server is to load.
start() {
    [[ $(id -u) == 0 ]] && chown postgres "$directory"
    chmod 755 "$directory"
    port=$((20000 + RANDOM % 20000))
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    (cd "$directory" && as "$postgres/initdb" -D "$directory/data" -U bench -A trust --no-sync -E UTF8 --locale=C.UTF-8 >"$directory/initdb.log") || fail "$(cat "$directory/initdb.log")"
    (cd "$directory" && as "$postgres/pg_ctl" -D "$directory/data" -w -t 60 -l "$directory/data/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$directory \
        -c shared_buffers=1GB -c max_wal_size=4GB -c max_connections=300 -c shared_preload_libraries=pg_stat_statements${2:+,$2} -c pg_stat_statements.track=${1:-top}" start >/dev/null) \
        || fail "$(cat "$directory/data/log")"
}

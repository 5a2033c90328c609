#!/usr/bin/env bash
# Queries are checked when compiled, against .sqlx/ (SQLX_OFFLINE). After changing a query or a migration:
#   scripts/queries.sh url       a database with the migrations applied, its address on standard output
#   scripts/queries.sh prepare   writes .sqlx/ anew from every query of the crate
# The server is private: a folder of its own, a Unix socket, no durability. `scripts/queries.sh stop` ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
here=${CHARTRIER_QUERIES_DIR:-/tmp/chartrier-queries-$(id -u)}
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
as=()
[ "$(id -u)" = 0 ] && as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
name=$(pwd | sed 's/[^a-zA-Z0-9]/_/g')

start() {
    if [ ! -d "$here/data" ]; then
        mkdir -p "$here" && chmod 755 "$here"
        [ "$(id -u)" = 0 ] && chown postgres "$here"
        "${as[@]}" "$bin/initdb" -D "$here/data" -U chartrier_superuser -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    fi
    "${as[@]}" "$bin/pg_isready" -q -h "$here" || "${as[@]}" "$bin/pg_ctl" -D "$here/data" -w -l "$here/log" start \
        -o "-c listen_addresses='' -c unix_socket_directories=$here -c fsync=off -c full_page_writes=off" >/dev/null
}
sql() { psql -qX -v ON_ERROR_STOP=1 -h "$here" -U "$@"; }
url() {
    start
    sql chartrier_superuser -d postgres -f migrations/roles.sql
    sql chartrier_superuser -d postgres -c "drop database if exists \"$name\" with (force)" -c "create database \"$name\" owner chartrier_owner" 2>/dev/null
    for migration in migrations/[0-9]*.sql; do sql chartrier_owner -d "$name" -1 -f "$migration" >&2; done
    echo "postgres://chartrier_owner@localhost/$name?host=$here"
}

case "${1:-}" in
    url) url ;;
    prepare)
        DATABASE_URL=$(url) && export DATABASE_URL
        rm -rf .sqlx && mkdir .sqlx
        touch src/lib.rs
        SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$PWD/.sqlx cargo check --lib ;;
    stop) "${as[@]}" "$bin/pg_ctl" -D "$here/data" -m immediate stop ;;
    *) sed -n '2,6p' "$0"; exit 2 ;;
esac

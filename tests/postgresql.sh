# Sourced by tests/run with the folder of PostgreSQL's programs: a throw-away server on a socket of its own, no network.
# Sets POSTGRES_URL; the server and its data go when the shell that sourced this ends.
pg_bin=$1
pg_dir=$(mktemp -d /tmp/lms-pg.XXXXXX)
pg_run() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/sh -c "$1"; else sh -c "$1"; fi; }
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || useradd --system --no-create-home --shell /bin/sh postgres
    chown postgres "$pg_dir"
fi
pg_stop() { pg_run "'$pg_bin/pg_ctl' -D '$pg_dir/data' -m immediate stop" >/dev/null 2>&1 || true; rm -rf "$pg_dir"; }
trap 'pg_stop; rm -rf "${LMS_TEST_DEMO_FOLDER:-/nowhere}"' EXIT
pg_run "'$pg_bin/initdb' -D '$pg_dir/data' -U lms -A trust -E UTF8 --locale=C.UTF-8" >/dev/null
pg_run "'$pg_bin/pg_ctl' -D '$pg_dir/data' -w -l '$pg_dir/log' \
    -o \"-c listen_addresses='' -c unix_socket_directories='$pg_dir' -c fsync=off -c full_page_writes=off\" start" >/dev/null
for pg_name in lms lms_gw0 lms_gw1; do pg_run "'$pg_bin/createdb' -h '$pg_dir' -U lms $pg_name"; done
POSTGRES_URL="postgresql+psycopg://lms@/lms?host=$pg_dir"

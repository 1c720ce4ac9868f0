# Keeps a private PostgreSQL for whoever holds this script's standard input: started, said so, and at
# the end of the input, however it came, stopped and erased. A line "restart" lets it crash and recover.
set -eu
umask 077
trap '' INT
# In memory where there is such a folder: a server that crashes leaves its files either way, and nobody
# cuts the power of a test.
folder=$(mktemp -d /dev/shm/balagh-postgres-XXXXXXXX 2>/dev/null) || folder=$(mktemp -d /tmp/balagh-postgres-XXXXXXXX)
data=$folder/data
end() {
    pg_ctl -D "$data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap end EXIT
trap 'exit 1' TERM HUP
# Texts are compared as in English, as on many a server: what relies on the order of bytes must say so.
initdb -D "$data" -U balagh -A trust -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en \
    --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
cat >>"$data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 200
shared_buffers = 32MB
fsync = on
CONF
# Without this script's input and output: whoever reads them waits for their end.
postgres_ctl() {
    pg_ctl -D "$data" -l "$folder/postgres.log" -w "$@" </dev/null >/dev/null 2>&1 \
        || { cat "$folder/postgres.log" >&2; exit 1; }
}
postgres_ctl start
echo "$folder"
while read -r word; do
    if [ "$word" = restart ]; then
        postgres_ctl -m immediate restart
        echo restarted
    fi
done

#!/usr/bin/env bash
# Runs a WordPress site on Debian's packages in one folder, as processes of the current user: for a laptop and for tests.
#   debian.sh <folder>, with PORT, HOSTS (addresses to listen on), PHP_VERSION, DEMO_ERRORS
# Standard input: the traffic tool's token in the first line; at its end, everything stops. Standard output: `step <name>`, then `ready`.
# shellcheck disable=SC2034 # set-up.sh reads most of the settings, some by their names.
set -Eeuo pipefail
# Background processes get no standard input, so it is kept as descriptor 3.
exec 3<&0

SITE=$1
PACKAGE=$SITE/package
CONF=$SITE/conf
LOG=$SITE/log
# A socket's path may have at most 107 characters, which the site's folder may exceed.
RUN=$(mktemp -d /tmp/clickstreamy-run-XXXXXX)
WEB_USER=$(id -un)
WEB_GROUP=$(id -gn)
LOG_OWNER=$WEB_USER
LOG_GROUP=$WEB_GROUP
PHP=php$PHP_VERSION
SERVER_ROOT=$RUN
HTTPD_PID=$RUN/httpd.pid
RELOAD="/bin/kill -USR1 \$(cat $HTTPD_PID)"
MODULES=/usr/lib/apache2/modules
MIME_TYPES=/etc/mime.types
FPM_SOCKET=$RUN/fpm.sock
PHP_LOG=$LOG/php_log
DB_SOCKET=$RUN/db.sock
BALANCER=
# shellcheck source=site/wordpress/server/set-up.sh
. "$PACKAGE/server/set-up.sh"

step() {
    echo "step $1"
}

children=()

# Stops what was started, the last first, and waits for it.
stop() {
    local i
    trap '' TERM INT
    for ((i = ${#children[@]} - 1; i >= 0; i--)); do
        kill "${children[i]}" 2>/dev/null || true
        wait "${children[i]}" 2>/dev/null || true
    done
    rm -rf "$RUN"
}
trap stop EXIT
trap 'exit 0' TERM INT

# Starts a process that stops with this script.
start() {
    "$@" >>"$LOG/start_log" 2>&1 3<&- &
    children+=($!)
}

start_database() {
    local options=(--no-defaults) line
    while read -r line; do
        [[ $line == [a-z]* ]] && options+=("--${line// = /=}")
    done <"$PACKAGE/server/mariadb.cnf"
    if [[ ! -d $SITE/db/mysql ]]; then
        step 'making the database'
        rm -rf "$SITE/db.half"
        mariadb-install-db --no-defaults --datadir="$SITE/db.half" --skip-test-db --auth-root-authentication-method=socket \
            --auth-root-socket-user="$WEB_USER" >>"$LOG/start_log" 2>&1
        mv "$SITE/db.half" "$SITE/db"
    fi
    step 'starting the database'
    start mariadbd "${options[@]}" --datadir="$SITE/db" --socket="$DB_SOCKET" --pid-file="$RUN/db.pid"
    until mariadb --no-defaults --socket="$DB_SOCKET" -e 'CREATE DATABASE IF NOT EXISTS wordpress' 2>/dev/null; do
        kill -0 "${children[-1]}" 2>/dev/null || return 1
        sleep 0.05
    done
}

start_php() {
    {
        printf '[global]\nerror_log = %s\npid = %s\nsystemd_interval = 0\n' "$LOG/fpm_log" "$RUN/fpm.pid"
        # Only root can change the pool's user.
        fill php-pool.conf | grep -vE '^(user|group|listen\.(owner|group)) ='
    } >"$CONF/php-fpm.conf"
    start "/usr/sbin/php-fpm$PHP_VERSION" --nodaemonize --fpm-config "$CONF/php-fpm.conf"
    until [[ -S $FPM_SOCKET ]]; do
        kill -0 "${children[-1]}" 2>/dev/null || return 1
        sleep 0.05
    done
}

mkdir -p "$CONF" "$LOG"
chmod 0700 "$CONF"
: >"$LOG/start_log"
make_secrets
make_settings
if [[ ! -f $SITE/wordpress/wp-settings.php ]]; then
    step 'copying WordPress'
    rm -rf "$SITE/wordpress.half"
    cp -R --no-dereference /usr/share/wordpress "$SITE/wordpress.half"
    mv "$SITE/wordpress.half" "$SITE/wordpress"
fi
copy_files
start_database
step 'installing WordPress'
install_wordpress env >>"$LOG/start_log" 2>&1
step 'starting PHP'
start_php
step 'starting Apache'
addresses=()
for host in $HOSTS; do addresses+=("$host:$PORT"); done
write_httpd_conf "${addresses[@]}"
fill logrotate.conf >"$CONF/logrotate.conf"
chmod 0640 "$CONF/logrotate.conf"
start apache2 -f "$CONF/httpd.conf" -DFOREGROUND
step 'asking the site'
await_site "http://${addresses[0]}" 20
echo ready

# Waits until standard input or one of the processes ends.
cat >/dev/null <&3 &
children+=($!)
wait -n "${children[@]}" || true

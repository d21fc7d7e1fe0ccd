# shellcheck shell=bash
# The set-up steps that are the same on every platform. The platform's script sources this one and sets:
#   PACKAGE   the folder of these files                SITE      the site's folder: wordpress/, wp-config.php, install/
#   CONF      settings and secrets                     LOG       the folder of the logs
#   WEB_USER, WEB_GROUP  PHP's user and group          PHP       the command-line PHP
#   LOG_OWNER, LOG_GROUP  owner of a new log           RELOAD    the command that makes Apache reopen its logs
#   SERVER_ROOT HTTPD_PID MODULES MIME_TYPES FPM_SOCKET PHP_LOG DB_SOCKET   paths
#   DEMO_ERRORS  true or false                         BALANCER  not empty if the site is behind a load balancer
# Every step is idempotent.
set -Eeuo pipefail

# Prints a file of the package with names between at signs replaced by the settings.
fill() {
    local text name
    text=$(<"$PACKAGE/server/$1")
    for name in SITE CONF LOG WEB_USER WEB_GROUP LOG_OWNER LOG_GROUP RELOAD SERVER_ROOT HTTPD_PID MODULES MIME_TYPES FPM_SOCKET PHP_LOG; do
        text=${text//"@$name@"/"${!name}"}
    done
    printf '%s\n' "$text"
}

# Writes standard input to a file that only PHP's user may read, atomically.
write_private() {
    local half="$1.half"
    (umask 077 && cat >"$half")
    chown "$2" "$half"
    mv "$half" "$1"
}

random_hex() {
    od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
}

# Makes this host's keys, once: what they have signed must stay valid.
make_secrets() {
    local name
    [[ -s $CONF/secrets.php ]] && return
    {
        echo '<?php'
        for name in CLICKSTREAMY_KEY {AUTH,SECURE_AUTH,LOGGED_IN,NONCE}_{KEY,SALT}; do
            echo "define( '$name', '$(random_hex)' );"
        done
    } | write_private "$CONF/secrets.php" "$WEB_USER"
}

# Writes the host's settings for PHP. The token is read from standard input; empty for none.
make_settings() {
    local token
    read -r token || true
    {
        echo '<?php'
        echo "define( 'DB_NAME', 'wordpress' );"
        # The database authenticates PHP's user by the socket, without a password.
        echo "define( 'DB_USER', '$WEB_USER' );"
        echo "define( 'DB_PASSWORD', '' );"
        echo "define( 'DB_HOST', 'localhost:$DB_SOCKET' );"
        echo "define( 'CLICKSTREAMY_DEMO_ERRORS', $DEMO_ERRORS );"
        if [[ -n $token ]]; then
            # In hex, so that no character can end the string.
            echo "define( 'CLICKSTREAMY_TOKEN', hex2bin( '$(printf '%s' "$token" | od -An -v -tx1 | tr -d ' \n')' ) );"
        fi
    } | write_private "$CONF/settings.php" "$WEB_USER"
}

# Copies the plugin and its files into an installed WordPress.
copy_files() {
    local content="$SITE/wordpress/wp-content"
    mkdir -p "$content/mu-plugins" "$SITE/wordpress/assets" "$SITE/install"
    cp -R "$PACKAGE/plugin/." "$content/mu-plugins/"
    cp "$PACKAGE/db-error.php" "$content/db-error.php"
    cp -R "$PACKAGE/assets/." "$SITE/wordpress/assets/"
    cp "$PACKAGE/wp-config.php" "$SITE/wp-config.php"
    cp "$PACKAGE/install.php" "$PACKAGE/set-admin-password.php" "$PACKAGE/catalogue.json" "$SITE/install/"
    # The sample, and a file that would be read instead of ours, which is beside the folder.
    rm -f "$SITE/wordpress/wp-config.php" "$SITE/wordpress/wp-config-sample.php"
}

# Writes Apache's configuration, with the addresses to listen on (arguments) at the top.
write_httpd_conf() {
    local address
    {
        for address in "$@"; do echo "Listen $address"; done
        [[ -z $BALANCER ]] || echo 'Define BALANCER'
        fill httpd.conf
    } >"$CONF/httpd.conf.half"
    cp "$PACKAGE/click-log.conf" "$CONF/click-log.conf"
    mv "$CONF/httpd.conf.half" "$CONF/httpd.conf"
}

# Creates the tables and the pages. The arguments are the command that runs PHP as its user; `env` for the current one.
install_wordpress() {
    CLICKSTREAMY_CONF=$CONF "$@" "$PHP" -d error_log= "$SITE/install/install.php" "$SITE" "$SITE/install/catalogue.json"
}

# Waits until the site answers through Apache, PHP and the database. $1: its address, $2: timeout in seconds.
await_site() {
    local deadline=$((SECONDS + $2))
    # shellcheck disable=SC2016 # The dollar is PHP's.
    until "$PHP" -r 'exit( "ok\n" === @file_get_contents( $argv[1] ) ? 0 : 1 );' "$1/health"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# shellcheck shell=bash
# The steps of a WordPress site that every platform takes alike. A platform's own script sources this one and sets:
#   PACKAGE   the folder of these files                SITE      the site's folder: wordpress/, wp-config.php, install/
#   CONF      settings and secrets                     LOG       the folder of the logs
#   WEB_USER, WEB_GROUP  who PHP runs as               PHP       the command-line PHP
#   LOG_OWNER, LOG_GROUP  whose a new log is           RELOAD    the command that has Apache reopen its logs
#   SERVER_ROOT HTTPD_PID MODULES MIME_TYPES FPM_SOCKET PHP_LOG DB_SOCKET   paths
#   DEMO_ERRORS  true or false                         BALANCER  not empty: a load balancer stands before the site
# Every step may be taken again: what is there stays.
set -Eeuo pipefail

# Prints a file of the package with the settings in place of their names between at signs.
fill() {
    local text name
    text=$(<"$PACKAGE/server/$1")
    for name in SITE CONF LOG WEB_USER WEB_GROUP LOG_OWNER LOG_GROUP RELOAD SERVER_ROOT HTTPD_PID MODULES MIME_TYPES FPM_SOCKET PHP_LOG; do
        text=${text//"@$name@"/"${!name}"}
    done
    printf '%s\n' "$text"
}

# Writes standard input to a file that only PHP's user may read, whole or not at all.
write_private() {
    local half="$1.half"
    (umask 077 && cat >"$half")
    chown "$2" "$half"
    mv "$half" "$1"
}

random_hex() {
    od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
}

# Keys of this host alone, made once: what they sealed must stay valid.
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

# What PHP has to know of this host. The token comes by standard input: empty for none.
make_settings() {
    local token
    read -r token || true
    {
        echo '<?php'
        echo "define( 'DB_NAME', 'wordpress' );"
        # The database knows PHP's user by the socket: there is no password.
        echo "define( 'DB_USER', '$WEB_USER' );"
        echo "define( 'DB_PASSWORD', '' );"
        echo "define( 'DB_HOST', 'localhost:$DB_SOCKET' );"
        echo "define( 'CLICKSTREAMY_DEMO_ERRORS', $DEMO_ERRORS );"
        if [[ -n $token ]]; then
            # In hex, so that no character of it can end the string.
            echo "define( 'CLICKSTREAMY_TOKEN', hex2bin( '$(printf '%s' "$token" | od -An -v -tx1 | tr -d ' \n')' ) );"
        fi
    } | write_private "$CONF/settings.php" "$WEB_USER"
}

# The plugin and what belongs to it, into a WordPress that is there.
copy_files() {
    local content="$SITE/wordpress/wp-content"
    mkdir -p "$content/mu-plugins" "$SITE/wordpress/assets" "$SITE/install"
    cp -R "$PACKAGE/plugin/." "$content/mu-plugins/"
    cp "$PACKAGE/db-error.php" "$content/db-error.php"
    cp -R "$PACKAGE/assets/." "$SITE/wordpress/assets/"
    cp "$PACKAGE/wp-config.php" "$SITE/wp-config.php"
    cp "$PACKAGE/install.php" "$PACKAGE/set-admin-password.php" "$PACKAGE/catalogue.json" "$SITE/install/"
    # The sample, and what would be read before the one beside the folder.
    rm -f "$SITE/wordpress/wp-config.php" "$SITE/wordpress/wp-config-sample.php"
}

# Apache's file, with the addresses to listen on (arguments) before it.
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

# Makes the tables and the pages. The arguments are the command that runs PHP as its user: `env` for oneself.
install_wordpress() {
    CLICKSTREAMY_CONF=$CONF "$@" "$PHP" -d error_log= "$SITE/install/install.php" "$SITE" "$SITE/install/catalogue.json"
}

# Whether the site answers by way of Apache, PHP and the database. $1: its address, $2: for how many seconds to try.
await_site() {
    local deadline=$((SECONDS + $2))
    # shellcheck disable=SC2016 # The dollar is PHP's.
    until "$PHP" -r 'exit( "ok\n" === @file_get_contents( $argv[1] ) ? 0 : 1 );' "$1/health"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

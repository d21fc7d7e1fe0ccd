#!/usr/bin/env bash
# Sets up the WordPress site on Amazon Linux 2023, with the agent that ships its log. cloud-init runs it as root at the first start.
# It is idempotent. The package names are those in Amazon's documentation.
# The package's settings.env sets REGION, STATUS_PARAMETER, TOKEN_PARAMETER (may be empty), DEMO_ERRORS, BALANCER (may be empty).
# shellcheck disable=SC2034 # set-up.sh reads most of the settings, some by their names.
set -Eeuo pipefail

PACKAGE=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source=/dev/null
. "$PACKAGE/settings.env"

# The release, and the published SHA-256 of its archive.
WORDPRESS_VERSION=6.9.10
WORDPRESS_SHA256=a1c0dc12e2271c6afaabf329d5af7a976f8d2c8c592773178a5baaeafc2d4f4a

SITE=/var/www/clickstreamy
CONF=/etc/clickstreamy
LOG=/var/log/clickstreamy
WEB_USER=apache
WEB_GROUP=apache
AGENT=aws-kinesis-agent-user
LOG_OWNER=root
LOG_GROUP=$AGENT
PHP=php
SERVER_ROOT=/etc/httpd
HTTPD_PID=/run/httpd/httpd.pid
RELOAD='/usr/bin/systemctl reload httpd.service'
MODULES=/etc/httpd/modules
MIME_TYPES=/etc/mime.types
FPM_SOCKET=/run/php-fpm/www.sock
PHP_LOG=/var/log/php-fpm/clickstreamy.log
DB_SOCKET=/var/lib/mysql/mysql.sock
# shellcheck source=site/wordpress/server/set-up.sh
. "$PACKAGE/server/set-up.sh"

INSTANCE=$(</var/lib/cloud/data/instance-id)

# Reports the progress to the deploy. Failing to report is not fatal.
report() {
    aws ssm put-parameter --region "$REGION" --name "$STATUS_PARAMETER" --value "$INSTANCE: $1" --overwrite >/dev/null || true
}

STEP='beginning'
step() {
    STEP=$1
    echo "== $STEP"
    report "$STEP"
}
trap '(($? == 0)) || report "failed: $STEP"' EXIT

# The packages and the database need more memory than a small instance has.
make_swap() {
    local memory_kib
    memory_kib=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
    ((memory_kib < 3000000)) || return 0
    [[ -f /swapfile ]] && return
    (umask 077 && dd if=/dev/zero of=/swapfile.half bs=1M count=2048 status=none)
    mkswap /swapfile.half >/dev/null
    mv /swapfile.half /swapfile
    swapon /swapfile
    echo '/swapfile none swap defaults 0 0' >>/etc/fstab
}

install_packages() {
    # The agent's package does not create its group, without which its service does not start.
    getent group "$AGENT" >/dev/null || groupadd --system "$AGENT"
    dnf install -y -q httpd logrotate mariadb1011-server aws-kinesis-agent \
        php8.4-cli php8.4-fpm php8.4-mysqlnd php8.4-mbstring php8.4-intl php8.4-opcache php8.4-gd php8.4-xml
}

# The archive is unpacked only if it is the pinned one; an older WordPress is kept until the new one is in place.
fetch_wordpress() {
    local archive="/var/cache/wordpress-$WORDPRESS_VERSION.tar.gz"
    [[ -f $SITE/wordpress-version && $(<"$SITE/wordpress-version") == "$WORDPRESS_VERSION" ]] && return
    curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 5 --retry-all-errors \
        --output "$archive" "https://wordpress.org/wordpress-$WORDPRESS_VERSION.tar.gz"
    echo "$WORDPRESS_SHA256  $archive" | sha256sum --check --quiet
    rm -rf "$SITE/new" "$SITE/old"
    mkdir -p "$SITE/new"
    tar -xzf "$archive" -C "$SITE/new" --no-same-owner
    if [[ -d $SITE/wordpress ]]; then
        cp -R "$SITE/wordpress/wp-content/uploads" "$SITE/new/wordpress/wp-content/" 2>/dev/null || true
        mv "$SITE/wordpress" "$SITE/old"
    fi
    mv "$SITE/new/wordpress" "$SITE/wordpress"
    rm -rf "$SITE/new" "$SITE/old" "$archive"
    echo "$WORDPRESS_VERSION" >"$SITE/wordpress-version"
}

# The traffic tool's token goes from Systems Manager into PHP's settings. It is never an argument and never printed.
read_token() {
    [[ -n $TOKEN_PARAMETER ]] || return 0
    aws ssm get-parameter --region "$REGION" --name "$TOKEN_PARAMETER" --with-decryption --query Parameter.Value --output text
}

start_database() {
    install -m 0644 "$PACKAGE/server/mariadb.cnf" /etc/my.cnf.d/clickstreamy.cnf
    systemctl enable --quiet mariadb
    systemctl restart mariadb
    mariadb -e "CREATE DATABASE IF NOT EXISTS wordpress; CREATE USER IF NOT EXISTS '$WEB_USER'@'localhost' IDENTIFIED VIA unix_socket; GRANT ALL ON wordpress.* TO '$WEB_USER'@'localhost'"
}

start_php() {
    fill php-pool.conf >/etc/php-fpm.d/www.conf
    systemctl enable --quiet php-fpm
    systemctl restart php-fpm
}

# The log has its own folder, which only root and the agent may enter: any update may close Apache's folder again.
start_apache() {
    install -d -o root -g "$AGENT" -m 0750 "$LOG"
    [[ -f $LOG/access_log ]] || install -o "$LOG_OWNER" -g "$LOG_GROUP" -m 0640 /dev/null "$LOG/access_log"
    write_httpd_conf 80
    install -m 0644 "$CONF/httpd.conf" /etc/httpd/conf/httpd.conf
    fill logrotate.conf >/etc/logrotate.d/clickstreamy
    systemctl enable --quiet httpd
    systemctl restart httpd
}

# Whatever the agent's unit says, systemd restarts an agent that ends.
start_agent() {
    install -d -o "$AGENT" -g "$AGENT" -m 0750 /var/lib/aws-kinesis-agent
    install -m 0644 "$PACKAGE/agent.json" /etc/aws-kinesis/agent.json
    install -d /etc/systemd/system/aws-kinesis-agent.service.d
    printf '[Service]\nRestart=always\nRestartSec=5\nRemainAfterExit=no\n' >/etc/systemd/system/aws-kinesis-agent.service.d/clickstreamy.conf
    systemctl daemon-reload
    systemctl enable --quiet aws-kinesis-agent
    systemctl restart aws-kinesis-agent
}

# The agent does not report a log that it cannot read.
check_agent() {
    runuser -u "$AGENT" -- test -r "$LOG/access_log"
    sleep 10
    systemctl is-active --quiet aws-kinesis-agent
}

step 'making swap'
make_swap
step 'installing packages'
install_packages
install -d -m 0755 "$SITE"
install -d -o root -g "$WEB_GROUP" -m 0750 "$CONF"
step 'fetching WordPress'
fetch_wordpress
copy_files
install -d -o "$WEB_USER" -g "$WEB_GROUP" "$SITE/wordpress/wp-content/uploads"
step 'making secrets'
make_secrets
TOKEN=$(read_token)
make_settings <<<"$TOKEN"
unset TOKEN
step 'starting the database'
start_database
step 'installing WordPress'
install_wordpress runuser -u "$WEB_USER" --
step 'starting PHP'
start_php
step 'starting Apache'
start_apache
step 'starting the agent'
start_agent
step 'asking the site'
await_site http://127.0.0.1 60
check_agent
report ready
echo 'The site answers, and the agent runs.'

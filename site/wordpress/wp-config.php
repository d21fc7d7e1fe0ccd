<?php
/**
 * WordPress's settings, none of them secret. Secrets and the host's settings are in the folder CLICKSTREAMY_CONF, which the
 * set-up script makes.
 */

$clickstreamy_conf = getenv( 'CLICKSTREAMY_CONF' );
require $clickstreamy_conf . '/secrets.php';
require $clickstreamy_conf . '/settings.php';

define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
$table_prefix = 'wp_';

// The site's public address is unknown when it is set up, and may change, so the visitor's Host is used.
$clickstreamy_host = strtolower( $_SERVER['HTTP_HOST'] ?? '' );
if ( 1 !== preg_match( '/^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/D', $clickstreamy_host ) ) {
	$clickstreamy_host = 'localhost';
}
$_SERVER['HTTP_HOST'] = $clickstreamy_host;
$clickstreamy_scheme = 'on' === strtolower( $_SERVER['HTTPS'] ?? '' ) ? 'https' : 'http';
define( 'WP_HOME', "$clickstreamy_scheme://$clickstreamy_host" );
define( 'WP_SITEURL', WP_HOME );

// Without these, WordPress would send requests to this site (log lines without a visitor) and to others.
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );

// The set-up script manages the files: a new pin there updates WordPress.
define( 'DISALLOW_FILE_MODS', true );
define( 'WP_DEBUG', false );

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/wordpress/' );
}
require_once ABSPATH . 'wp-settings.php';

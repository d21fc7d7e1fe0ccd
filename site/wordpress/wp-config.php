<?php
/**
 * WordPress's settings: nothing secret stands here. Secrets and what differs from host to host are in the folder that
 * CLICKSTREAMY_CONF names, made by the set-up script.
 */

$clickstreamy_conf = getenv( 'CLICKSTREAMY_CONF' );
require $clickstreamy_conf . '/secrets.php';
require $clickstreamy_conf . '/settings.php';

define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
$table_prefix = 'wp_';

// The site's public address is not known when it is set up, and may change: it is the one that the visitor asked for.
$clickstreamy_host = strtolower( $_SERVER['HTTP_HOST'] ?? '' );
if ( 1 !== preg_match( '/^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/D', $clickstreamy_host ) ) {
	$clickstreamy_host = 'localhost';
}
$_SERVER['HTTP_HOST'] = $clickstreamy_host;
$clickstreamy_scheme = 'on' === strtolower( $_SERVER['HTTPS'] ?? '' ) ? 'https' : 'http';
define( 'WP_HOME', "$clickstreamy_scheme://$clickstreamy_host" );
define( 'WP_SITEURL', WP_HOME );

// Each would make requests of its own: to this site (lines that no visitor made), or to others.
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );

// The files are the set-up script's: WordPress is updated by a new pin there.
define( 'DISALLOW_FILE_MODS', true );
define( 'WP_DEBUG', false );

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/wordpress/' );
}
require_once ABSPATH . 'wp-settings.php';

<?php
/**
 * Sets the administrator's password to the first line of standard input, at least 12 characters. To be run as PHP's user,
 * with CLICKSTREAMY_CONF set: php set-admin-password.php <folder with wp-config.php>
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

if ( 'cli' !== PHP_SAPI ) {
	exit( 1 );
}
require $argv[1] . '/wordpress/wp-load.php';

$clickstreamy_password = trim( (string) fgets( STDIN ) );
$clickstreamy_admin    = get_user_by( 'login', 'clickstreamy-admin' );
if ( mb_strlen( $clickstreamy_password ) < 12 || false === $clickstreamy_admin ) {
	fwrite( STDERR, "The password is shorter than 12 characters, or there is no clickstreamy-admin: nothing was changed.\n" );
	exit( 1 );
}
wp_set_password( $clickstreamy_password, $clickstreamy_admin->ID );
echo "clickstreamy-admin has a new password.\n";

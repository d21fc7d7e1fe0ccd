<?php
/**
 * Limits how often one address may try to sign up or in, so that nobody can guess passwords or fill the database.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

const ATTEMPTS         = 20;
const ATTEMPTS_SECONDS = 60;
const SWEEP_EVERY      = 200;

/** Counts an attempt of this address, and refuses it above 20 per minute. Callers with the token are not counted. */
function limit_attempts(): void {
	global $wpdb;
	if ( has_token() ) {
		return;
	}
	$table = attempts_table();
	$who   = seal( 'address', network_of( $_SERVER['REMOTE_ADDR'] ?? '' ) );
	$now   = time();
	// Columns are set from left to right, so `attempts` still sees the old end of the minute.
	$wpdb->query( $wpdb->prepare( "INSERT INTO $table (who, attempts, ends) VALUES (%s, 1, %d) ON DUPLICATE KEY UPDATE attempts = IF(ends <= %d, 1, attempts + 1), ends = IF(ends <= %d, VALUES(ends), ends)", $who, $now + ATTEMPTS_SECONDS, $now, $now ) );
	$row = $wpdb->get_row( $wpdb->prepare( "SELECT attempts, ends FROM $table WHERE who = %s", $who ) );
	if ( 0 === random_int( 0, SWEEP_EVERY - 1 ) ) {
		$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE ends <= %d LIMIT 10000", $now ) );
	}
	if ( null !== $row && (int) $row->attempts > ATTEMPTS ) {
		$seconds = max( 1, (int) $row->ends - $now );
		refuse( 429, 'Too many attempts', "Wait $seconds seconds, then try again.", array( 'Retry-After' => (string) $seconds ) );
	}
}

/** Creates the table if it is missing. It holds no addresses, only keyed hashes of them. */
function create_attempts_table(): void {
	global $wpdb;
	$table = attempts_table();
	$wpdb->query( "CREATE TABLE IF NOT EXISTS $table (who CHAR(32) CHARACTER SET ascii PRIMARY KEY, attempts INT UNSIGNED NOT NULL, ends INT UNSIGNED NOT NULL, KEY (ends))" );
}

/** The table's name. */
function attempts_table(): string {
	global $wpdb;
	return $wpdb->prefix . 'clickstreamy_attempts';
}

/**
 * What counts as one address: for IPv6 a /64, which is what one customer has.
 *
 * @param string $address The visitor's.
 */
function network_of( string $address ): string {
	$bytes = inet_pton( $address );
	return false !== $bytes && 16 === strlen( $bytes ) ? substr( $bytes, 0, 8 ) : $address;
}

<?php
/**
 * Storage of WordPress's sign-ins.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

/**
 * One row per sign-in. WordPress's default, one list per account, loses a sign-in when an account signs in twice at the same
 * time, and becomes slower with each sign-in.
 */
final class Session_Tokens extends \WP_Session_Tokens {
	/** Expired rows are deleted once per this many sign-ins, on average. */
	private const SWEEP_EVERY = 200;

	/** Creates the table if it is missing. */
	public static function create_table(): void {
		global $wpdb;
		$table = self::table();
		$wpdb->query( "CREATE TABLE IF NOT EXISTS $table (verifier CHAR(64) CHARACTER SET ascii PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL, expiration INT UNSIGNED NOT NULL, KEY (user_id), KEY (expiration))" );
	}

	/** Ends all sign-ins of all accounts. */
	public static function drop_sessions(): void {
		global $wpdb;
		$wpdb->query( 'DELETE FROM ' . self::table() );
	}

	/** Returns the account's valid sign-ins. */
	protected function get_sessions(): array {
		global $wpdb;
		$table = self::table();
		$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT verifier, expiration FROM $table WHERE user_id = %d AND expiration >= %d", $this->user_id, time() ), ARRAY_A );
		return array_map( fn( $row ) => array( 'expiration' => (int) $row['expiration'] ), array_column( $rows, null, 'verifier' ) );
	}

	/**
	 * Returns one sign-in.
	 *
	 * @param string $verifier The token's hash.
	 * @return array{expiration: int}|null
	 */
	protected function get_session( $verifier ): ?array {
		global $wpdb;
		$table      = self::table();
		$expiration = $wpdb->get_var( $wpdb->prepare( "SELECT expiration FROM $table WHERE verifier = %s AND user_id = %d AND expiration >= %d", $verifier, $this->user_id, time() ) );
		return null === $expiration ? null : array( 'expiration' => (int) $expiration );
	}

	/**
	 * Stores a sign-in: its expiration, and neither the visitor's address nor browser.
	 *
	 * @param string     $verifier The token's hash.
	 * @param array|null $session  Null ends the sign-in.
	 */
	protected function update_session( $verifier, $session = null ): void {
		global $wpdb;
		if ( null === $session ) {
			$wpdb->delete( self::table(), array( 'verifier' => $verifier ) );
			return;
		}
		$row = array(
			'verifier'   => $verifier,
			'user_id'    => $this->user_id,
			'expiration' => $session['expiration'],
		);
		$wpdb->replace( self::table(), $row );
		if ( 0 === random_int( 0, self::SWEEP_EVERY - 1 ) ) {
			$table = self::table();
			$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE expiration < %d LIMIT 10000", time() ) );
		}
	}

	/**
	 * Ends all sign-ins of this account except one.
	 *
	 * @param string $verifier The hash of the token that stays.
	 */
	protected function destroy_other_sessions( $verifier ): void {
		global $wpdb;
		$table = self::table();
		$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE user_id = %d AND verifier <> %s", $this->user_id, $verifier ) );
	}

	/** Ends all sign-ins of this account. */
	protected function destroy_all_sessions(): void {
		global $wpdb;
		$wpdb->delete( self::table(), array( 'user_id' => $this->user_id ) );
	}

	/** The table's name. */
	private static function table(): string {
		global $wpdb;
		return $wpdb->prefix . 'clickstreamy_sessions';
	}
}

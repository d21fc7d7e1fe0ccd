<?php
/**
 * Where WordPress keeps who is signed in.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

/**
 * A row for each sign-in. WordPress's own way, one list for each account, loses a sign-in when two of one account come at
 * once, and grows slower with each.
 */
final class Session_Tokens extends \WP_Session_Tokens {
	/** How many sign-ins there are for one look for rows that are out of date. */
	private const SWEEP_EVERY = 200;

	/** Makes the table where it is missing. */
	public static function create_table(): void {
		global $wpdb;
		$table = self::table();
		$wpdb->query( "CREATE TABLE IF NOT EXISTS $table (verifier CHAR(64) CHARACTER SET ascii PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL, expiration INT UNSIGNED NOT NULL, KEY (user_id), KEY (expiration))" );
	}

	/** All sign-ins of all accounts end. */
	public static function drop_sessions(): void {
		global $wpdb;
		$wpdb->query( 'DELETE FROM ' . self::table() );
	}

	/** The sign-ins of this account that are still valid. */
	protected function get_sessions(): array {
		global $wpdb;
		$table = self::table();
		$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT verifier, expiration FROM $table WHERE user_id = %d AND expiration >= %d", $this->user_id, time() ), ARRAY_A );
		return array_map( fn( $row ) => array( 'expiration' => (int) $row['expiration'] ), array_column( $rows, null, 'verifier' ) );
	}

	/**
	 * One sign-in.
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
	 * Keeps a sign-in: until when, and nothing of the visitor's address or browser.
	 *
	 * @param string     $verifier The token's hash.
	 * @param array|null $session  Null: the sign-in ends.
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
	 * All sign-ins of this account end, but one.
	 *
	 * @param string $verifier The hash of the token that stays.
	 */
	protected function destroy_other_sessions( $verifier ): void {
		global $wpdb;
		$table = self::table();
		$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE user_id = %d AND verifier <> %s", $this->user_id, $verifier ) );
	}

	/** All sign-ins of this account end. */
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

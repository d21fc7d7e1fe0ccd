<?php
/**
 * Visitors' accounts: WordPress users of the role `subscriber`.
 *
 * A name may hold any visible character; a WordPress login may not. So the name is stored with the account, and the login is
 * the name if that is valid, or else a hash of it.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

const NAME_META   = 'clickstreamy_name';
const SIGN_IN_TTL = 2 * DAY_IN_SECONDS;
const LOCK_WAIT   = 10;

/**
 * Creates an account.
 *
 * @param string $name     A valid name.
 * @param string $password A valid password.
 * @return bool False if the name is taken; names that differ only in case are the same.
 */
function create_account( string $name, string $password ): bool {
	global $wpdb;
	$login = login_of( $name );
	// WordPress's table would accept two equal logins. The lock ends with the connection, whatever becomes of this request.
	$lock = "clickstreamy $login";
	if ( '1' !== $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, %d)', md5( $lock ), LOCK_WAIT ) ) ) {
		refuse( 503, 'Too busy', 'Too many people sign up at the moment. Try again in a minute.', array( 'Retry-After' => '60' ) );
	}
	if ( false !== get_user_by( 'login', $login ) ) {
		return false;
	}
	// All rows or none, and one write to the disk instead of one per row.
	$wpdb->query( 'START TRANSACTION' );
	$user_id = wp_insert_user(
		array(
			'user_login'   => $login,
			'user_pass'    => $password,
			'display_name' => wp_slash( $name ),
			'role'         => 'subscriber',
			'meta_input'   => array( NAME_META => wp_slash( $name ) ),
		)
	);
	$is_made = is_int( $user_id ) && '' === $wpdb->last_error && name_of( get_user_by( 'id', $user_id ) ) === $name;
	$wpdb->query( $is_made ? 'COMMIT' : 'ROLLBACK' );
	if ( ! $is_made ) {
		refuse( 503, 'Not kept', 'Your account could not be stored. Try again in a minute.', array( 'Retry-After' => '60' ) );
	}
	$wpdb->query( $wpdb->prepare( 'DO RELEASE_LOCK(%s)', md5( $lock ) ) );
	return true;
}

/**
 * Finds the account with this name and password. An unknown name takes as long as a wrong password, so that timing reveals nothing.
 *
 * @param string $name     As it was typed.
 * @param string $password As it was typed.
 * @return \WP_User|null Null for editors of the site too: they sign in at wp-login.php, which only this machine reaches.
 */
function find_account( string $name, string $password ): ?\WP_User {
	$user = get_user_by( 'login', login_of( $name ) );
	if ( false === $user || $user->has_cap( 'edit_posts' ) ) {
		wp_hash_password( $password );
		return null;
	}
	return wp_check_password( $password, $user->user_pass, $user->ID ) ? $user : null;
}

/**
 * Signs the visitor in.
 *
 * @param \WP_User $user The account.
 */
function sign_in_account( \WP_User $user ): void {
	$expires = time() + SIGN_IN_TTL;
	$token   = \WP_Session_Tokens::get_instance( $user->ID )->create( $expires );
	// WordPress itself would send this cookie without SameSite, and two more for its administration.
	send_cookie( LOGGED_IN_COOKIE, wp_generate_auth_cookie( $user->ID, $expires, 'logged_in', $token ) );
}

/** Ends the visitor's sign-in. */
function sign_out_account(): void {
	$token = wp_get_session_token();
	if ( '' !== $token ) {
		\WP_Session_Tokens::get_instance( get_current_user_id() )->destroy( $token );
		send_cookie( LOGGED_IN_COOKIE, '' );
	}
}

/** The signed-in visitor's name, or null. */
function current_name(): ?string {
	$user = wp_get_current_user();
	return $user->exists() ? name_of( $user ) : null;
}

/** Logs the signed-in visitor's name. */
function log_current_user(): void {
	$name = current_name();
	if ( null !== $name ) {
		log_user( $name );
	}
}

/**
 * An account's name, as it was signed up.
 *
 * @param \WP_User $user The account.
 */
function name_of( \WP_User $user ): string {
	$name = get_user_meta( $user->ID, NAME_META, true );
	return is_string( $name ) && '' !== $name ? $name : $user->user_login;
}

/**
 * The login for a name: the name in lower case if that is a valid login, or else a hash of it.
 *
 * @param string $name As it was typed.
 */
function login_of( string $name ): string {
	$folded = mb_strtolower( $name, 'UTF-8' );
	$fits   = 1 === preg_match( '/^(?!visitor-)[a-z0-9](?:[a-z0-9_.@-]*[a-z0-9])?$/D', $folded );
	return $fits ? $folded : 'visitor-' . substr( hash( 'sha256', $folded ), 0, 32 );
}

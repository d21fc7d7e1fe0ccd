<?php
/**
 * The visitor's session, which joins the log lines of one visit. It needs neither the database nor WordPress.
 *
 * The cookie holds 128 random bits and a signature. The session's id in the log is a one-way hash of them, so that reading the
 * log is not enough to take a session over. The sign-in itself is WordPress's cookie.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

const SESSION_COOKIE = 'session';

/** Gives a new visitor a session, and logs the session. */
function begin_session(): void {
	if ( current_session() !== session_of_cookie() ) {
		send_cookie( SESSION_COOKIE, current_session() . seal( 'session', current_session() ) );
	}
	header( 'X-Clickstream-Session: ' . session_in_log() );
	header( 'Cache-Control: private, no-cache' );
}

/** The session of this request, in 32 hex digits: the cookie's, or a new one. */
function current_session(): string {
	static $session = null;
	$session      ??= session_of_cookie() ?? bin2hex( random_bytes( 16 ) );
	return $session;
}

/** The session's id in the log: 32 hex digits. */
function session_in_log(): string {
	return seal( 'log', current_session() );
}

/** The session in the visitor's cookie; null if this site did not issue it. */
function session_of_cookie(): ?string {
	$cookie = $_COOKIE[ SESSION_COOKIE ] ?? '';
	if ( ! is_string( $cookie ) || 64 !== strlen( $cookie ) ) {
		return null;
	}
	list( $session, $seal ) = str_split( $cookie, 32 );
	return hash_equals( seal( 'session', $session ), $seal ) ? $session : null;
}

/**
 * A signature that only this site can make.
 *
 * @param string $purpose A signature for one purpose is invalid for any other.
 * @param string $value   What to sign.
 * @return string 128 bits in hex.
 */
function seal( string $purpose, string $value ): string {
	return substr( hash_hmac( 'sha256', "$purpose:$value", CLICKSTREAMY_KEY ), 0, 32 );
}

/**
 * Sends a cookie that ends with the browser's session and that no script can read.
 *
 * @param string $name  Its name.
 * @param string $value Its value; an empty one deletes the cookie.
 */
function send_cookie( string $name, string $value ): void {
	$options = array(
		'expires'  => '' === $value ? 1 : 0,
		'path'     => '/',
		'secure'   => is_ssl(),
		'httponly' => true,
		'samesite' => 'Lax',
	);
	setcookie( $name, $value, $options );
}

/**
 * Logs the visitor's name with this request, percent-encoded as by JavaScript's encodeURIComponent.
 *
 * @param string $name As it was signed up.
 */
function log_user( string $name ): void {
	$kept    = array(
		'%21' => '!',
		'%27' => "'",
		'%28' => '(',
		'%29' => ')',
		'%2A' => '*',
	);
	$encoded = '-' === $name ? '%2D' : strtr( rawurlencode( $name ), $kept );
	header( 'X-Clickstream-User: ' . $encoded );
}

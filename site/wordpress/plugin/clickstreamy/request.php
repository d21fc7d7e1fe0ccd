<?php
/**
 * Facts about the request.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

/** The request's method; `GET` if there is none. */
function request_method(): string {
	return $_SERVER['REQUEST_METHOD'] ?? 'GET';
}

/** The path as the client sent it: `/sign-up/`. */
function request_path(): string {
	$target = preg_replace( '#^https?://[^/?]*#i', '', $_SERVER['REQUEST_URI'] ?? '/' );
	return explode( '?', $target, 2 )[0];
}

/**
 * A header of the request.
 *
 * @param string $name Its name: `sec-fetch-site`.
 * @return string|null Null if the client did not send it.
 */
function request_header( string $name ): ?string {
	return $_SERVER[ 'HTTP_' . strtoupper( str_replace( '-', '_', $name ) ) ] ?? null;
}

/** Whether a browser sent this form: every browser then names the page that it comes from. */
function is_browser(): bool {
	return null !== request_header( 'origin' ) || null !== request_header( 'sec-fetch-site' );
}

/**
 * Whether a page of another site made the browser send this. Browsers leave `SameSite=Lax` cookies out of most such
 * requests; the others are refused by this. Clients other than browsers send neither header.
 */
function is_foreign(): bool {
	$site = request_header( 'sec-fetch-site' );
	if ( null !== $site ) {
		return ! in_array( $site, array( 'same-origin', 'none' ), true );
	}
	$origin = request_header( 'origin' );
	$host   = request_header( 'host' );
	return null !== $origin && "http://$host" !== $origin && "https://$host" !== $origin;
}

/** Whether the caller knows the token of the traffic tool. */
function has_token(): bool {
	$token = defined( 'CLICKSTREAMY_TOKEN' ) ? CLICKSTREAMY_TOKEN : '';
	return '' !== $token && hash_equals( $token, request_header( 'x-clickstream-token' ) ?? '' );
}

<?php
/**
 * The addresses that do more than show a page.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

const MAX_FORM_BYTES = 65_536;

/** Handlers by path. A browser's form carries a nonce of the handler's name. */
const ACTIONS = array(
	'/sign-up/'  => 'sign_up',
	'/sign-in/'  => 'sign_in',
	'/sign-out/' => 'sign_out',
	'/cart/'     => 'add_to_cart',
);

/** Answers `/health`: running at all proves that the web server, PHP and the database work. Not a visit, so no session. */
function answer_health(): void {
	if ( '/health' === request_path() && 'POST' !== request_method() ) {
		header( 'Content-Type: text/plain; charset=utf-8' );
		header( 'Cache-Control: no-store' );
		echo "ok\n";
		exit;
	}
}

/** Refuses all methods but those of pages and forms. WordPress would answer any method with 200. */
function refuse_methods(): void {
	if ( ! in_array( request_method(), array( 'GET', 'HEAD', 'POST' ), true ) ) {
		refuse( 405, 'Not allowed', 'This page cannot do that.', array( 'Allow' => 'GET, HEAD, POST' ) );
	}
}

/** Runs the handler of the path, if it has one. */
function act(): void {
	$path   = request_path();
	$action = ACTIONS[ $path ] ?? null;
	if ( '/sign-out/' === $path && 'POST' !== request_method() ) {
		sign_out();
	}
	if ( null === $action || 'POST' !== request_method() ) {
		return;
	}
	// Apache's limit does not apply to what it passes to FastCGI.
	if ( (int) ( $_SERVER['CONTENT_LENGTH'] ?? 0 ) > MAX_FORM_BYTES ) {
		refuse( 413, 'Too large', 'A form may hold 64 KiB.' );
	}
	if ( is_foreign() ) {
		refuse( 403, 'Not from here', 'This was sent by a page of another site.' );
	}
	// A client that is not a browser has no cookies that another site's page could use.
	if ( is_browser() && false === wp_verify_nonce( read_field( '_wpnonce' ), $action ) ) {
		refuse( 403, 'Too old', 'This form is too old, or not yours. Go back, load the page again and send it once more.' );
	}
	( __NAMESPACE__ . '\\' . $action )();
}

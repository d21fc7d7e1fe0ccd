<?php
/**
 * The forms' actions: sign-up, sign-in and sign-out.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

/** Creates an account: 303 to the sign-in, 409 if the name is taken, 422 if name or password is invalid. */
function sign_up(): void {
	limit_attempts();
	list( $name, $password ) = read_credentials();
	$fault                   = fault_of_new( $name, $password );
	if ( null !== $fault ) {
		refuse_form( 422, $fault, $name );
		return;
	}
	if ( ! create_account( $name, $password ) ) {
		refuse_form( 409, 'That name is taken.', $name );
		return;
	}
	log_user( $name );
	see_other( '/sign-in/?new=1' );
}

/** Signs in: 303 to the front page, 401 if name or password is wrong, 422 if one is missing or too long. */
function sign_in(): void {
	limit_attempts();
	list( $name, $password ) = read_credentials();
	$fault                   = fault_of_known( $name, $password );
	if ( null !== $fault ) {
		refuse_form( 422, $fault, $name );
		return;
	}
	$user = find_account( $name, $password );
	if ( null === $user ) {
		refuse_form( 401, 'Name or password is wrong.', $name );
		return;
	}
	// If another account was signed in here, its sign-in must not outlive its cookie.
	sign_out_account();
	sign_in_account( $user );
	log_user( name_of( $user ) );
	see_other( '/' );
}

/** Redirects to the front page, and signs out unless the request is a HEAD or comes from another site's page. */
function sign_out(): void {
	if ( 'HEAD' !== request_method() && ! is_foreign() ) {
		sign_out_account();
	}
	see_other( '/' );
}

/**
 * Has the form shown again with what is wrong.
 *
 * @param int    $status Of the page.
 * @param string $fault  What is wrong.
 * @param string $name   What was typed as name.
 */
function refuse_form( int $status, string $fault, string $name ): void {
	Form_Outcome::$refusal = new Form_Outcome( $status, $fault, mb_substr( $name, 0, NAME_CHARACTERS ) );
}

/** Sets the status of a refused form, whose page WordPress has answered with 200. Refuses a form sent to a page without one. */
function finish_form(): void {
	if ( null !== Form_Outcome::$refusal ) {
		status_header( Form_Outcome::$refusal->status );
	} elseif ( 'POST' === request_method() && ! is_404() ) {
		refuse( 405, 'Not allowed', 'This page cannot do that.', array( 'Allow' => 'GET, HEAD' ) );
	}
}

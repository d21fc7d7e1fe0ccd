<?php
/**
 * Rules for typed names and passwords, the same as the demo site's.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

const NAME_CHARACTERS    = 60;
const PASSWORD_MIN       = 8;
const PASSWORD_MAX       = 256;
const UNSEEN_CHARACTERS  = '/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\x{FFFD}]/u';

/**
 * Reads the submitted name and password: the name in NFC, without spaces around it; the password without white space around
 * it, which WordPress would remove.
 *
 * @return array{0: string, 1: string}
 */
function read_credentials(): array {
	$name     = mb_scrub( read_field( 'user' ), 'UTF-8' );
	$password = read_field( 'password' );
	return array( trim( normalizer_normalize( $name ) ?: $name, ' ' ), trim( $password ) );
}

/**
 * Says why no account may have this name and password; null if one may.
 *
 * @param string $name     In NFC.
 * @param string $password As WordPress takes it.
 */
function fault_of_new( string $name, string $password ): ?string {
	return match ( true ) {
		'' === $name                                => 'Give a name.',
		mb_strlen( $name ) > NAME_CHARACTERS        => 'The name is longer than ' . NAME_CHARACTERS . ' characters.',
		0 !== preg_match( UNSEEN_CHARACTERS, $name ) => 'The name holds a character that cannot be seen.',
		mb_strlen( $password ) < PASSWORD_MIN       => 'The password is shorter than ' . PASSWORD_MIN . ' characters.',
		mb_strlen( $password ) > PASSWORD_MAX       => 'The password is longer than ' . PASSWORD_MAX . ' characters.',
		default                                     => null,
	};
}

/**
 * Says why nobody can sign in with this name and password; null if somebody might.
 *
 * @param string $name     In NFC.
 * @param string $password As WordPress takes it.
 */
function fault_of_known( string $name, string $password ): ?string {
	return match ( true ) {
		'' === $name || '' === $password       => 'Give your name and your password.',
		mb_strlen( $name ) > NAME_CHARACTERS,
		mb_strlen( $password ) > PASSWORD_MAX  => 'Name or password is too long.',
		default                                => null,
	};
}

/**
 * A field of the submitted form; empty if it is missing or a list. To be read before WordPress adds slashes.
 *
 * @param string $name The field's name.
 */
function read_field( string $name ): string {
	$value = $_POST[ $name ] ?? '';
	return is_string( $value ) ? $value : '';
}

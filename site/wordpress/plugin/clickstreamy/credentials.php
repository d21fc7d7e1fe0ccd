<?php
/**
 * Names and passwords as they are typed: the demo site's rules.
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
 * The name and password of the form that was sent: the name in NFC, without spaces around it; the password as WordPress
 * takes it, without white space around it.
 *
 * @return array{0: string, 1: string}
 */
function read_credentials(): array {
	$name     = mb_scrub( read_field( 'user' ), 'UTF-8' );
	$password = read_field( 'password' );
	return array( trim( normalizer_normalize( $name ) ?: $name, ' ' ), trim( $password ) );
}

/**
 * Why no account may have this name and password; null where one may.
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
 * Why nobody can sign in with this name and password; null where somebody might.
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
 * A field of the form that was sent, empty where it is missing or a list. Before WordPress has put slashes into it.
 *
 * @param string $name The field's.
 */
function read_field( string $name ): string {
	$value = $_POST[ $name ] ?? '';
	return is_string( $value ) ? $value : '';
}

<?php
/**
 * The visitor's cart, kept in a cookie: the server does not need it.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

const CART_COOKIE      = 'cart';
const CART_PIECES      = 99;
const CATALOGUE_OPTION = 'clickstreamy_catalogue';

/** Puts a product into the cart: 303 to the cart, 422 if there is no such product. */
function add_to_cart(): void {
	$slug = read_field( 'product' );
	if ( ! isset( products()[ $slug ] ) ) {
		refuse( 422, 'No such product', 'What you wanted is not sold here.' );
	}
	$cart          = read_cart();
	$cart[ $slug ] = min( CART_PIECES, ( $cart[ $slug ] ?? 0 ) + 1 );
	$pieces        = array_map( fn( $slug, $count ) => "$slug.$count", array_keys( $cart ), $cart );
	send_cookie( CART_COOKIE, implode( '_', $pieces ) );
	see_other( '/cart/' );
}

/**
 * Reads the cart, without entries of the cookie that are invalid.
 *
 * @return array<string, int> Pieces by the product's slug.
 */
function read_cart(): array {
	$cookie = $_COOKIE[ CART_COOKIE ] ?? '';
	$cart   = array();
	foreach ( is_string( $cookie ) ? explode( '_', $cookie, 100 ) : array() as $piece ) {
		if ( 1 === preg_match( '/^([a-z-]+)\.([1-9]\d?)$/D', $piece, $match ) && isset( products()[ $match[1] ] ) ) {
			$cart[ $match[1] ] = (int) $match[2];
		}
	}
	return $cart;
}

/**
 * The products.
 *
 * @return array<string, array{slug: string, name: string, price: string, about: string}> By slug.
 */
function products(): array {
	return array_column( get_option( CATALOGUE_OPTION )['products'] ?? array(), null, 'slug' );
}

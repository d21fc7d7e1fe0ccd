<?php
/**
 * What the plugin shows: forms within pages, and the signed-in visitor at the top of each. Works with any theme.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

/** Registers all of it. */
function add_forms(): void {
	add_action(
		'init',
		function () {
			add_shortcode( 'clickstreamy_sign_up', __NAMESPACE__ . '\sign_up_form' );
			add_shortcode( 'clickstreamy_sign_in', __NAMESPACE__ . '\sign_in_form' );
			add_shortcode( 'clickstreamy_cart', __NAMESPACE__ . '\cart_table' );
			add_shortcode( 'clickstreamy_add_to_cart', __NAMESPACE__ . '\add_to_cart_form' );
		}
	);
	add_action( 'wp_enqueue_scripts', fn() => wp_enqueue_style( 'clickstreamy', home_url( '/assets/site.css' ), array(), null ) );
	add_action( 'wp_body_open', __NAMESPACE__ . '\print_bar' );
	// With one nonce for all anonymous visitors, one visitor's form could be sent by another.
	add_filter( 'nonce_user_logged_out', fn() => session_in_log() );
}

/** The sign-up form. */
function sign_up_form(): string {
	$note = '<p>At least ' . PASSWORD_MIN . ' characters of password. Have an account? <a href="/sign-in/">Sign in</a>.</p>';
	return account_form( '/sign-up/', 'Sign up', 'new-password', $note );
}

/** The sign-in form. */
function sign_in_form(): string {
	$is_new = isset( $_GET['new'] ) && null === Form_Outcome::$refusal;
	$note   = $is_new
		? '<p role="status">Welcome! Your account is ready: sign in.</p>'
		: '<p>No account yet? <a href="/sign-up/">Sign up</a>.</p>';
	return account_form( '/sign-in/', 'Sign in', 'current-password', $note );
}

/** The cart's table. */
function cart_table(): string {
	$rows = '';
	foreach ( read_cart() as $slug => $count ) {
		$product = products()[ $slug ];
		$rows   .= sprintf( '<tr><td><a href="/products/%s/">%s</a></td><td>%s</td><td>%d</td></tr>', esc_attr( $slug ), esc_html( $product['name'] ), esc_html( $product['price'] ), $count );
	}
	if ( '' === $rows ) {
		return '<p>Your cart is empty. <a href="/products/">Look at the products</a>.</p>';
	}
	return "<table><thead><tr><th scope=\"col\">Product</th><th scope=\"col\">Price</th><th scope=\"col\">Pieces</th></tr></thead><tbody>$rows</tbody></table>";
}

/**
 * The button of a product's page.
 *
 * @param array<string, string>|string $attributes `product`: its slug.
 */
function add_to_cart_form( array|string $attributes ): string {
	$slug  = is_array( $attributes ) ? $attributes['product'] ?? '' : '';
	$nonce = nonce_field( '/cart/' );
	return sprintf( '<form class="clickstreamy-form" action="/cart/" method="post">%s<input type="hidden" name="product" value="%s"><button>Add to cart</button></form>', $nonce, esc_attr( $slug ) );
}

/** Prints the signed-in visitor, or links to sign in and up. */
function print_bar(): void {
	$name  = current_name();
	$links = null === $name
		? '<a href="/sign-in/">Sign in</a> <a href="/sign-up/">Sign up</a>'
		: sprintf( 'Signed in as <strong>%s</strong> <a href="/sign-out/">Sign out</a>', esc_html( $name ) );
	// All values in it are escaped above.
	echo '<nav class="clickstreamy-bar" aria-label="Account"><a href="/cart/">Cart</a> ' . $links . '</nav>'; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped
}

/**
 * A form for name and password, with what was wrong with the last submission.
 *
 * @param string $path         Where it is submitted to.
 * @param string $button       The button's text.
 * @param string $autocomplete Tells password managers which password this is.
 * @param string $note         HTML, below the fault.
 */
function account_form( string $path, string $button, string $autocomplete, string $note ): string {
	$refusal = Form_Outcome::$refusal;
	$fault   = null === $refusal ? '' : '<p role="alert">' . esc_html( $refusal->fault ) . '</p>';
	$name    = esc_attr( $refusal?->name ?? '' );
	$nonce   = nonce_field( $path );
	$length  = NAME_CHARACTERS;
	return $fault . $note
		. "<form class=\"clickstreamy-form\" action=\"$path\" method=\"post\">$nonce"
		. "<label for=\"user\">Name</label><input id=\"user\" name=\"user\" value=\"$name\" required maxlength=\"$length\" autocomplete=\"username\">"
		. "<label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\" required autocomplete=\"$autocomplete\">"
		. "<button>$button</button></form>";
}

/**
 * The hidden field that proves that this site made the form, for this visitor, at most a day ago.
 *
 * @param string $path Where the form is submitted to.
 */
function nonce_field( string $path ): string {
	return '<input type="hidden" name="_wpnonce" value="' . esc_attr( wp_create_nonce( ACTIONS[ $path ] ) ) . '">';
}

<?php
/**
 * Errors and slow answers on demand, for the traffic tool: only if the settings enable them, and only for callers with the
 * token.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

const MAX_DELAY_MS = 10_000;

/**
 * `/demo-error/` answers 500; so does any page, with the probability (0 to 1) of `X-Clickstream-Error`.
 * `X-Clickstream-Delay` (milliseconds, 10,000 at most) delays the answer, which repeats the header.
 */
function break_on_demand(): void {
	if ( ! CLICKSTREAMY_DEMO_ERRORS || ! has_token() ) {
		return;
	}
	$delay = min( MAX_DELAY_MS, (int) request_header( 'x-clickstream-delay' ) );
	if ( $delay > 0 ) {
		header( "X-Clickstream-Delay: $delay" );
		usleep( $delay * 1000 );
	}
	$probability = (float) request_header( 'x-clickstream-error' );
	if ( '/demo-error/' === request_path() || random_int( 0, 999_999 ) < $probability * 1_000_000 ) {
		refuse( 500, 'Server error', 'Something broke on our side, as it was asked to.' );
	}
}

<?php
/**
 * Plugin Name:  clickstreamy
 * Description:  Gives every visitor a session, lets visitors sign up and in, and names them in the web server's log.
 * License:      Apache-2.0
 * Requires PHP: 8.2
 *
 * A must-use plugin. It keeps the same contract as the demo site: the same addresses, statuses and log lines.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

require_once __DIR__ . '/clickstreamy/request.php';
require_once __DIR__ . '/clickstreamy/session.php';
require_once __DIR__ . '/clickstreamy/fault-page.php';
require_once __DIR__ . '/clickstreamy/class-session-tokens.php';
require_once __DIR__ . '/clickstreamy/accounts.php';
require_once __DIR__ . '/clickstreamy/class-form-outcome.php';
require_once __DIR__ . '/clickstreamy/credentials.php';
require_once __DIR__ . '/clickstreamy/rate-limit.php';
require_once __DIR__ . '/clickstreamy/account-actions.php';
require_once __DIR__ . '/clickstreamy/cart.php';
require_once __DIR__ . '/clickstreamy/routes.php';
require_once __DIR__ . '/clickstreamy/demo-errors.php';
require_once __DIR__ . '/clickstreamy/forms.php';
require_once __DIR__ . '/clickstreamy/hardening.php';

add_filter( 'session_token_manager', fn() => Session_Tokens::class );
harden();
add_forms();

if ( 'cli' !== PHP_SAPI ) {
	// Before anything can fail: the request's log line always has the session.
	answer_health();
	begin_session();
	refuse_methods();
	// The earliest moment at which WordPress knows who is signed in, and before the theme, which most answers to a form do not need.
	add_action( 'plugins_loaded', __NAMESPACE__ . '\log_current_user', 1 );
	add_action( 'plugins_loaded', __NAMESPACE__ . '\break_on_demand', 2 );
	add_action( 'plugins_loaded', __NAMESPACE__ . '\act', 3 );
	add_action( 'template_redirect', __NAMESPACE__ . '\finish_form', 1 );
}

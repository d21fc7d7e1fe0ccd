<?php
/**
 * Shown by WordPress when its database is unavailable: a page that says so, and a log line with the visitor's session.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

require_once __DIR__ . '/mu-plugins/clickstreamy/session.php';
require_once __DIR__ . '/mu-plugins/clickstreamy/fault-page.php';

begin_session();
refuse( 503, 'Away for a moment', 'The site cannot reach its data. Try again in a minute.', array( 'Retry-After' => '60' ) );

<?php
/**
 * Pages of statuses that are no success. They need no database, no theme, and none of WordPress.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

/**
 * Answers with a small page, and ends.
 *
 * @param int                   $status  403, say.
 * @param string                $title   What happened.
 * @param string                $text    What the visitor can do.
 * @param array<string, string> $headers More headers of the reply.
 */
function refuse( int $status, string $title, string $text, array $headers = array() ): never {
	// Not http_response_code(): it does not undo a status line that WordPress has set before.
	header( 'Content-Type: text/html; charset=utf-8', true, $status );
	foreach ( $headers as $name => $value ) {
		header( "$name: $value" );
	}
	$title = htmlspecialchars( $title );
	$text  = htmlspecialchars( $text );
	echo <<<HTML
	<!doctype html>
	<html lang="en">
	<head>
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<title>$title</title>
	<link rel="stylesheet" href="/assets/site.css">
	</head>
	<body class="clickstreamy-fault">
	<main>
	<h1>$title</h1>
	<p>$text</p>
	<p><a href="/">To the front page</a></p>
	</main>
	</body>
	</html>

	HTML;
	exit;
}

/**
 * Answers that what was asked for is elsewhere, and ends.
 *
 * @param string $location A path of this site.
 */
function see_other( string $location ): never {
	header( "Location: $location", true, 303 );
	exit;
}

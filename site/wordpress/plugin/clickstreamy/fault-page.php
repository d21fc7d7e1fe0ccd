<?php
/**
 * Pages for error statuses. They need no database, no theme and no WordPress.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

/**
 * Answers with a small page and exits.
 *
 * @param int                   $status  For example 403.
 * @param string                $title   What happened.
 * @param string                $text    What the visitor can do.
 * @param array<string, string> $headers Further headers.
 */
function refuse( int $status, string $title, string $text, array $headers = array() ): never {
	// Not http_response_code(), which does not replace a status line that WordPress has set before.
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
 * Redirects with 303 and exits.
 *
 * @param string $location A path of this site.
 */
function see_other( string $location ): never {
	header( "Location: $location", true, 303 );
	exit;
}

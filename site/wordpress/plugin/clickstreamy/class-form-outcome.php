<?php
/**
 * What became of a form that was sent.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

/** A form that was refused: the page that shows it again has this status and says why. */
final class Form_Outcome {
	/**
	 * The refusal of this request; null where there is none.
	 *
	 * @var Form_Outcome|null
	 */
	public static ?Form_Outcome $refusal = null;

	/**
	 * Makes an outcome.
	 *
	 * @param int    $status Of the page: 401, 409 or 422.
	 * @param string $fault  What is wrong, for the visitor.
	 * @param string $name   What the name's field holds again.
	 */
	public function __construct( public readonly int $status, public readonly string $fault, public readonly string $name ) {}
}

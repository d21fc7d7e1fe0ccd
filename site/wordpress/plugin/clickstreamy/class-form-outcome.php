<?php
/**
 * The outcome of a submitted form.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace Clickstreamy;

/** A form that was refused: the page that shows it again has this status and says why. */
final class Form_Outcome {
	/**
	 * The refusal of this request, or null.
	 *
	 * @var Form_Outcome|null
	 */
	public static ?Form_Outcome $refusal = null;

	/**
	 * Makes an outcome.
	 *
	 * @param int    $status The page's status: 401, 409 or 422.
	 * @param string $fault  What is wrong, for the visitor.
	 * @param string $name   Shown again in the name's field.
	 */
	public function __construct( public readonly int $status, public readonly string $fault, public readonly string $name ) {}
}

<?php
/**
 * Installs WordPress with the shop's pages, or adds what is missing. To be run as PHP's user, from the command line, with
 * CLICKSTREAMY_CONF set: php install.php <folder with wp-config.php> <catalogue.json>
 *
 * The administrator gets a password that nobody knows; set-admin-password.php sets another.
 *
 * @package clickstreamy
 */

declare( strict_types = 1 );

namespace {
	if ( 'cli' !== PHP_SAPI ) {
		exit( 1 );
	}

	/** Replaces WordPress's sample posts. */
	function wp_install_defaults(): void {}

	/** Replaces the mail to the administrator. */
	function wp_new_blog_notification(): void {}
}

namespace Clickstreamy\Install {

	use function Clickstreamy\create_attempts_table;
	use Clickstreamy\Session_Tokens;
	use const Clickstreamy\CATALOGUE_OPTION;

	const ADMIN = 'clickstreamy-admin';

	list( , $site, $catalogue_file ) = $argv;
	$catalogue                       = json_decode( file_get_contents( $catalogue_file ), true, 8, JSON_THROW_ON_ERROR );

	define( 'WP_INSTALLING', true );
	require $site . '/wordpress/wp-load.php';
	require ABSPATH . 'wp-admin/includes/upgrade.php';

	install( $catalogue['shop']['name'] );
	make_settings( $catalogue );
	make_pages( $catalogue );
	flush_rewrite_rules( false );

	/**
	 * Creates WordPress's tables, or updates those of an older WordPress.
	 *
	 * @param string $title The site's title.
	 */
	function install( string $title ): void {
		if ( is_blog_installed() ) {
			wp_upgrade();
		} else {
			// With a structure set, WordPress does not request its own address to test whether one works.
			add_filter( 'pre_option_permalink_structure', __NAMESPACE__ . '\permalinks' );
			wp_install( $title, ADMIN, 'admin@localhost.invalid', false, '', bin2hex( random_bytes( 32 ) ) );
			remove_filter( 'pre_option_permalink_structure', __NAMESPACE__ . '\permalinks' );
		}
		create_attempts_table();
		Session_Tokens::create_table();
	}

	/** The address of a post. */
	function permalinks(): string {
		return '/blog/%postname%/';
	}

	/**
	 * Sets WordPress's options.
	 *
	 * @param array $catalogue As site/catalogue.ts renders it.
	 */
	function make_settings( array $catalogue ): void {
		global $wp_rewrite;
		$wp_rewrite->set_permalink_structure( permalinks() );
		$options = array(
			'blogdescription'        => $catalogue['shop']['note'],
			'users_can_register'     => 0,
			'default_comment_status' => 'closed',
			'default_ping_status'    => 'closed',
			'show_avatars'           => 0,
			CATALOGUE_OPTION         => $catalogue,
		);
		foreach ( $options as $name => $value ) {
			update_option( $name, $value );
		}
	}

	/**
	 * Creates the pages; an existing page stays as it was edited.
	 *
	 * @param array $catalogue As site/catalogue.ts renders it.
	 */
	function make_pages( array $catalogue ): void {
		$shop  = $catalogue['shop'];
		$front = make_page( 'front', $shop['welcome'], text( $shop['invitation'] ) . product_list( array_slice( $catalogue['products'], 0, 3 ) ) . '<p><a href="/products/">All products</a></p>' );
		update_option( 'show_on_front', 'page' );
		update_option( 'page_on_front', $front );

		$products = make_page( 'products', 'Products', product_list( $catalogue['products'] ) );
		foreach ( $catalogue['products'] as $product ) {
			$button = "[clickstreamy_add_to_cart product=\"{$product['slug']}\"]";
			make_page( $product['slug'], $product['name'], text( $product['about'] ) . text( $product['price'] ) . $button, $products );
		}
		// Not WordPress's page of posts, whose text depends on the theme.
		make_page( 'blog', 'Blog', '<!-- wp:latest-posts {"displayPostDate":true,"displayPostContent":true} /-->' );
		make_page( 'pricing', 'Pricing', price_table( $catalogue['products'] ) . text( $shop['delivery'] ) );
		make_page( 'about', 'About us', text( $shop['about'] ) );
		make_page( 'cart', 'Cart', '[clickstreamy_cart]' );
		make_page( 'sign-up', 'Sign up', '[clickstreamy_sign_up]' );
		make_page( 'sign-in', 'Sign in', '[clickstreamy_sign_in]' );
		foreach ( $catalogue['posts'] as $post ) {
			make_post( $post );
		}
		make_menu();
	}

	/** Creates the menu for block themes; others list the pages. The account's pages are in the plugin's bar. */
	function make_menu(): void {
		$links = array(
			'/products/' => 'Products',
			'/pricing/'  => 'Pricing',
			'/blog/'     => 'Blog',
			'/about/'    => 'About us',
		);
		$link  = fn( $path, $label ) => "<!-- wp:navigation-link {\"label\":\"$label\",\"url\":\"$path\",\"kind\":\"custom\"} /-->";
		if ( null === get_page_by_path( 'menu', OBJECT, 'wp_navigation' ) ) {
			insert(
				array(
					'post_type'    => 'wp_navigation',
					'post_name'    => 'menu',
					'post_title'   => 'Menu',
					'post_content' => implode( '', array_map( $link, array_keys( $links ), $links ) ),
				)
			);
		}
	}

	/**
	 * Creates a page, unless its address exists.
	 *
	 * @param string $slug    The last part of its address.
	 * @param string $title   Plain text.
	 * @param string $content HTML and shortcodes.
	 * @param int    $parent  The id of its parent page; 0 for none.
	 * @return int Its id.
	 */
	function make_page( string $slug, string $title, string $content, int $parent = 0 ): int {
		$path = 0 === $parent ? $slug : get_page_uri( $parent ) . "/$slug";
		return get_page_by_path( $path )?->ID ?? insert(
			array(
				'post_type'    => 'page',
				'post_name'    => $slug,
				'post_title'   => esc_html( $title ),
				'post_content' => $content,
				'post_parent'  => $parent,
			)
		);
	}

	/**
	 * Creates a blog post, unless its address exists.
	 *
	 * @param array{slug: string, title: string, date: string, text: string} $post From the catalogue.
	 */
	function make_post( array $post ): void {
		if ( null === get_page_by_path( $post['slug'], OBJECT, 'post' ) ) {
			insert(
				array(
					'post_type'     => 'post',
					'post_name'     => $post['slug'],
					'post_title'    => esc_html( $post['title'] ),
					'post_content'  => text( $post['text'] ),
					'post_date_gmt' => $post['date'] . ' 08:00:00',
					'post_date'     => $post['date'] . ' 08:00:00',
				)
			);
		}
	}

	/**
	 * Inserts a page or a post into the database.
	 *
	 * @param array<string, mixed> $fields For wp_insert_post, without slashes.
	 * @throws \RuntimeException If the database refuses it.
	 */
	function insert( array $fields ): int {
		$author = get_user_by( 'login', ADMIN );
		$id     = wp_insert_post( wp_slash( $fields + array( 'post_status' => 'publish', 'post_author' => $author->ID ) ), true ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing.AssociativeArrayFound
		if ( is_wp_error( $id ) ) {
			throw new \RuntimeException( $fields['post_name'] . ': ' . $id->get_error_message() );
		}
		return $id;
	}

	/**
	 * A paragraph.
	 *
	 * @param string $text Plain text.
	 */
	function text( string $text ): string {
		return '<p>' . esc_html( $text ) . '</p>';
	}

	/**
	 * Products as links.
	 *
	 * @param array $products From the catalogue.
	 */
	function product_list( array $products ): string {
		$item = fn( $product ) => sprintf( '<li><h2><a href="/products/%s/">%s</a></h2><p>%s</p><p>%s</p></li>', $product['slug'], esc_html( $product['name'] ), esc_html( $product['about'] ), esc_html( $product['price'] ) );
		return '<ul class="clickstreamy-cards">' . implode( '', array_map( $item, $products ) ) . '</ul>';
	}

	/**
	 * Products and their prices.
	 *
	 * @param array $products From the catalogue.
	 */
	function price_table( array $products ): string {
		$row = fn( $product ) => sprintf( '<tr><td>%s</td><td>%s</td></tr>', esc_html( $product['name'] ), esc_html( $product['price'] ) );
		return '<table><thead><tr><th scope="col">Product</th><th scope="col">Price</th></tr></thead><tbody>' . implode( '', array_map( $row, $products ) ) . '</tbody></table>';
	}
}

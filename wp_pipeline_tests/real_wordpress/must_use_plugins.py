"""Must-use plugins on a real WordPress, for as long as a test needs them."""

from collections.abc import Iterator
from contextlib import contextmanager

from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.wordpress import WordPress

# The REST API is below /api/ instead of /wp-json/.
OTHER_PREFIX = "add_filter( 'rest_url_prefix', fn() => 'api' );"

# A page of more than 20 tags ends before its body; then PHP dies, of more memory than its 512 MB.
HEAVY_TAGS = """
add_filter( 'rest_pre_echo_response', function ( $items, $server, $request ) {
	if ( '/wp/v2/tags' === $request->get_route() && count( $items ) > 20 ) {
		fastcgi_finish_request();
		return str_repeat( 'x', 1 << 30 );
	}
	return $items;
}, 10, 3 );
"""

# WordPress itself then refuses to send more than five books a page.
FIVE_BOOKS_AT_MOST = """
add_filter( 'rest_book_collection_params', function ( $parameters ) {
	$parameters['per_page']['maximum'] = 5;
	return $parameters;
} );
"""

# Security plugins close the routes of users, and turn application passwords off.
CLOSED_USERS = """
add_filter( 'rest_endpoints', fn( $routes ) => array_filter(
	$routes, fn( $route ) => ! str_starts_with( $route, '/wp/v2/users' ), ARRAY_FILTER_USE_KEY
) );
"""
NO_APPLICATION_PASSWORDS = (
    "add_filter( 'wp_is_application_passwords_available', '__return_false', 20 );"
)


@contextmanager
def plugin(site: WordPress, name: str, code: str) -> Iterator[None]:
    """Install a must-use plugin, and take it away again."""
    file = site.directory / "content" / "mu-plugins" / f"{name}.php"
    file.write_text(f"<?php\n{code}")
    forget_rewrite_rules(site)
    try:
        yield
    finally:
        file.unlink()
        forget_rewrite_rules(site)


def forget_rewrite_rules(site: WordPress) -> None:
    """Let WordPress make them anew at its next request, as saving its permalinks does."""
    database.execute(site, "DELETE FROM wp_options WHERE option_name = 'rewrite_rules'")

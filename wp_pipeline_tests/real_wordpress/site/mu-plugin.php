<?php
/*
Plugin Name: The test site
Description: A custom post type with a taxonomy, an empty one and a hidden one, and public raw-row routes as a "custom API" plugin serves them.
*/

// WordPress offers application passwords over https only; this site is reachable from its own machine only.
add_filter( 'wp_is_application_passwords_available', '__return_true' );

add_filter( 'pre_wp_mail', '__return_false' );

add_action( 'init', function () {
	register_taxonomy( 'genre', 'book', array( 'label' => 'Genres', 'hierarchical' => true, 'show_in_rest' => true, 'rest_base' => 'genres' ) );
	register_post_type( 'book', array( 'label' => 'Books', 'public' => true, 'show_in_rest' => true, 'rest_base' => 'books', 'taxonomies' => array( 'genre' ), 'supports' => array( 'title', 'editor', 'author', 'custom-fields', 'comments' ) ) );
	register_post_type( 'emptything', array( 'label' => 'Empty things', 'public' => true, 'show_in_rest' => true, 'rest_base' => 'empty-things' ) );
	register_post_type( 'hiddenthing', array( 'label' => 'Not in the REST API', 'public' => true, 'show_in_rest' => false ) );
	register_post_meta( '', 'rating', array( 'single' => true, 'type' => 'integer', 'show_in_rest' => true ) );
} );

/* The raw-row routes, by name: one JSON array each, no paging, every column a string or null. */
function raw_row_queries() {
	global $wpdb;
	return array(
		'posts'             => "SELECT * FROM $wpdb->posts",
		'statistics_pages'  => "SELECT ID AS page_id, CONCAT( '/', post_name, '/' ) AS uri, post_type AS type, DATE( post_date ) AS date, comment_count AS count, ID AS id FROM $wpdb->posts WHERE post_status = 'publish'",
		'term_relationship' => "SELECT * FROM $wpdb->term_relationships",
		'term_taxonomy'     => "SELECT * FROM $wpdb->term_taxonomy",
		'terms'             => "SELECT * FROM $wpdb->terms",
		'comments'          => "SELECT * FROM $wpdb->comments",
		'postmeta'          => "SELECT * FROM $wpdb->postmeta",
		'empty'             => "SELECT * FROM $wpdb->links WHERE 1 = 0",
		'broken'            => 'SELECT * FROM no_such_table',
	);
}

/* /wp-json/mo/v1/<name>_<suffix>: the random suffix is all that protects such routes, so it is made anew for every site. */
function raw_row_route( $name ) {
	return "mo/v1/{$name}_" . get_option( 'raw_row_suffix' );
}

add_action( 'rest_api_init', function () {
	foreach ( raw_row_queries() as $name => $sql ) {
		list( , , $endpoint ) = explode( '/', raw_row_route( $name ) );
		register_rest_route( 'mo/v1', $endpoint, array(
			'methods'             => 'GET',
			'permission_callback' => '__return_true',
			'callback'            => function () use ( $sql ) {
				global $wpdb;
				$wpdb->suppress_errors( true );
				$rows = $wpdb->get_results( $sql, ARRAY_A );
				return $wpdb->last_error ? new WP_Error( 'db_error', $wpdb->last_error, array( 'status' => 400 ) ) : $rows;
			},
		) );
	}
} );

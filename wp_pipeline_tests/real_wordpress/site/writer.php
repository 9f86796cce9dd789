<?php
/*
 * Changes the site through WordPress's own functions. Reads one JSON command per line, {"change": "trash", "collection": "posts", "id": 5}, and answers each with
 * one line: the id, and the ids by collection of what may have come or gone with it.
 */
require __DIR__ . '/boot.php';
require_once ABSPATH . 'wp-admin/includes/admin.php'; // wp_delete_term() and friends reach into it.
delete_option( 'seal' );                              // The next start seeds anew.

/* A post's comments, media and author come and go with it. */
function dependents( $post_id ) {
	global $wpdb;
	return array(
		'comments' => array_map( 'intval', $wpdb->get_col( "SELECT comment_ID FROM $wpdb->comments WHERE comment_post_ID = $post_id" ) ),
		'media'    => array_map( 'intval', $wpdb->get_col( "SELECT ID FROM $wpdb->posts WHERE post_parent = $post_id AND post_type = 'attachment'" ) ),
		'users'    => array( (int) get_post( $post_id )->post_author ),
	);
}

const POST_TYPES = array( 'posts' => 'post', 'pages' => 'page', 'books' => 'book' );
const TAXONOMIES = array( 'categories' => 'category', 'tags' => 'post_tag', 'genres' => 'genre' );

$changes = array(
	'create' => fn( $collection ) => wp_insert_post( array( 'post_type' => POST_TYPES[ $collection ], 'post_status' => 'publish', 'post_title' => uniqid( 'New ' ), 'post_content' => 'New.', 'post_author' => 1 ) ),
	'publish' => fn( $collection, $id ) => wp_publish_post( $id ) ?? $id, // Leaves the modified date as it was, as a scheduled post's publication does.
	'edit'    => fn( $collection, $id ) => wp_update_post( array( 'ID' => $id, 'post_content' => uniqid( 'Edited ' ) ) ),
	'trash'   => fn( $collection, $id ) => wp_trash_post( $id ),
	'delete'  => function ( $collection, $id ) {
		if ( isset( TAXONOMIES[ $collection ] ) ) {
			return true === wp_delete_term( $id, TAXONOMIES[ $collection ] );
		}
		return 'comments' === $collection ? wp_delete_comment( $id, true ) : wp_delete_post( $id, true );
	},
	'hold'    => fn( $collection, $id ) => wp_set_comment_status( $id, 'hold' ),
	'approve' => fn( $collection, $id ) => wp_set_comment_status( $id, 'approve' ),
);

echo "ready\n";
while ( $line = fgets( STDIN ) ) {
	$command    = json_decode( $line, true );
	$collection = $command['collection'];
	$id         = $command['id'];
	wp_cache_flush(); // Another writer may have been here since.
	$also = $id && isset( POST_TYPES[ $collection ] ) ? dependents( $id ) : array( 'users' => array( 1 ) );
	$done = $changes[ $command['change'] ]( $collection, $id );
	if ( ! $done || is_wp_error( $done ) ) {
		fwrite( STDERR, "refused: $line" );
		exit( 1 );
	}
	echo json_encode( array( 'id' => $id ?? $done, 'also' => $also ) ), "\n";
}

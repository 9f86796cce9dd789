"""Kinds of change to a site, and when a refresh brings them.

docs/changes.md is generated from this table, and test_refresh.py makes each change on a real
WordPress 6.1, in this order. No change is taken back, unless another one does it.
"""

# ruff: noqa: E501, the PHP of a change is one line

from dataclasses import dataclass

TICK, HOUR, DAY = "next tick", "within the hour", "by the daily read"

# Functions for the snippets. Posts are counted from the oldest; each snippet takes others.
PRELUDE = """
require_once ABSPATH . 'wp-admin/includes/admin.php';
function ids( $sql ) { return array_map( 'intval', $GLOBALS['wpdb']->get_col( $sql ) ); }
function post( $n ) {
	return ids( "SELECT ID FROM wp_posts WHERE post_type = 'post' AND post_status = 'publish' AND post_password = ''
		AND EXISTS (SELECT 1 FROM wp_term_relationships JOIN wp_term_taxonomy USING (term_taxonomy_id) WHERE object_id = ID AND taxonomy = 'post_tag')
		AND (SELECT COUNT(*) FROM wp_comments WHERE comment_post_ID = ID AND comment_approved = '1' AND comment_type = 'comment') BETWEEN 1 AND 20
		ORDER BY ID LIMIT $n, 1" )[0];
}
function comment( $n ) {
	return ids( "SELECT comment_ID FROM wp_comments JOIN wp_posts ON ID = comment_post_ID WHERE comment_approved = '1' AND comment_type = 'comment'
		AND post_status = 'publish' AND post_password = '' ORDER BY comment_ID LIMIT $n, 1" )[0];
}
function newest_comment() {
	return ids( "SELECT comment_ID FROM wp_comments JOIN wp_posts ON ID = comment_post_ID WHERE comment_approved = '1' AND comment_type = 'comment'
		AND post_status = 'publish' AND post_password = '' ORDER BY comment_ID DESC LIMIT 1" )[0];
}
function replied_to() {
	return ids( "SELECT parent.comment_ID FROM wp_comments parent JOIN wp_posts ON ID = parent.comment_post_ID
		JOIN wp_comments reply ON reply.comment_parent = parent.comment_ID AND reply.comment_approved = '1'
		WHERE parent.comment_approved = '1' AND parent.comment_type = 'comment' AND post_status = 'publish' AND post_password = ''
		ORDER BY parent.comment_ID LIMIT 1" )[0];
}
function held_comment() { return ids( "SELECT comment_ID FROM wp_comments WHERE comment_approved = '0' ORDER BY comment_ID LIMIT 1" )[0]; }
function of_type( $type, $n ) { return ids( "SELECT ID FROM wp_posts WHERE post_type = '$type' AND post_status IN ('publish', 'inherit') AND post_parent = 0 ORDER BY ID LIMIT $n, 1" )[0]; }
function with_status( $status ) { return ids( "SELECT ID FROM wp_posts WHERE post_type = 'post' AND post_status = '$status' ORDER BY ID LIMIT 1" )[0]; }
function term( $taxonomy, $n ) { return ids( "SELECT term_id FROM wp_term_taxonomy WHERE taxonomy = '$taxonomy' AND count > 1 ORDER BY term_id LIMIT $n, 1" )[0]; }
function edit( $id, $values ) { return wp_update_post( $values + array( 'ID' => $id ), true ); }
function insert( $values ) {
	return wp_insert_post( $values + array( 'post_title' => 'New', 'post_content' => 'New.', 'post_status' => 'publish', 'post_author' => 1 ), true );
}
function new_comment( $post, $values = array() ) {
	return wp_insert_comment( $values + array( 'comment_post_ID' => $post, 'comment_author' => 'A', 'comment_content' => 'New.', 'comment_approved' => 1 ) );
}
"""

# The site of the table: its terms, users, pages, media and books fit one page each.
A_BLOG = """
function rest_of( $sql ) { return array_slice( ids( $sql ), 80 ); }
wp_defer_term_counting( true );
foreach ( array( 'category', 'post_tag' ) as $taxonomy ) {
	foreach ( rest_of( "SELECT term_id FROM wp_term_taxonomy WHERE taxonomy = '$taxonomy' ORDER BY term_id" ) as $id ) {
		wp_delete_term( $id, $taxonomy );
	}
}
foreach ( array( 'page', 'book', 'attachment' ) as $type ) {
	foreach ( rest_of( "SELECT ID FROM wp_posts WHERE post_type = '$type' ORDER BY ID" ) as $id ) {
		wp_delete_post( $id, true );
	}
}
wp_defer_term_counting( false );
$wpdb->query( "UPDATE wp_posts SET post_author = 3 + post_author % 70" );
"""


@dataclass(frozen=True)
class Kind:
    """A kind of change, the PHP that makes it, and what a refresh must do about it.

    `where` are the collections whose answers change. `mixed` says that, until it is seen, a
    refresh may keep an item that is gone or lack one that came. `at_most` is the highest number of
    requests of the refresh that brings it, None if the size of the change decides.
    """

    title: str
    php: str
    where: str
    seen: str = TICK
    mixed: bool = False
    at_most: int | None = None


# Limits: of a site of 2,000 posts, which take 21 windows, and 7 collections: 35 requests for a
# post, 12 for a comment. Here 500 posts take 6 windows, and there are 9 collections.
A_POST = 35 - 21 + 6 + 2
A_COMMENT = 12 + 2

KINDS = (
    Kind("A post's text is edited", "edit( post( 30 ), array( 'post_content' => 'Edited.' ) );", "posts", at_most=A_POST),
    Kind("A post's author is changed", "edit( post( 32 ), array( 'post_author' => 2 + get_post( post( 32 ) )->post_author % 60 ) );", "posts"),
    Kind("Comments of a post are closed", "edit( post( 34 ), array( 'comment_status' => 'closed' ) );", "posts"),
    Kind("A post is published", "insert( array() );", "categories posts users"),
    Kind("A post is published that is dated 2016", "insert( array( 'post_date' => '2016-03-04 05:06:07' ) );", "categories posts"),
    Kind("A post is published that is dated in the hour that repeats in autumn", "insert( array( 'post_date' => '2025-11-02 01:30:00' ) );", "categories posts"),
    Kind("A draft with an old date is published", "wp_publish_post( with_status( 'draft' ) );", "categories comments posts"),
    Kind("A scheduled post goes live", "$id = with_status( 'future' ); $wpdb->update( 'wp_posts', array( 'post_date' => '2025-11-03 10:00:00', 'post_date_gmt' => '2025-11-03 15:00:00', 'post_modified' => '2025-10-01 10:00:00', 'post_modified_gmt' => '2025-10-01 14:00:00' ), array( 'ID' => $id ) ); clean_post_cache( $id ); check_and_publish_future_post( $id );", "categories posts"),
    Kind("A post with comments is trashed", "wp_trash_post( post( 40 ) );", "categories comments posts tags"),
    Kind("A post with comments comes back from the trash, and is published", "$id = ids( \"SELECT post_id FROM wp_postmeta WHERE meta_key = '_wp_trash_meta_status'\" )[0]; wp_untrash_post( $id ); wp_publish_post( $id );", "categories comments posts tags"),
    Kind("A post with comments is deleted", "wp_delete_post( post( 50 ), true );", "categories comments posts tags"),
    Kind("A post with comments becomes a draft", "edit( post( 60 ), array( 'post_status' => 'draft' ) );", "categories comments posts tags"),
    Kind("A post with comments becomes private", "edit( post( 70 ), array( 'post_status' => 'private' ) );", "categories comments posts tags"),
    Kind("A post with comments gets a password", "edit( post( 80 ), array( 'post_password' => 'kinds' ) );", "comments posts"),
    Kind("A password is taken away", "edit( ids( \"SELECT ID FROM wp_posts WHERE post_password = 'kinds'\" )[0], array( 'post_password' => '' ) );", "comments posts"),
    Kind("The slug of a post with comments is changed", "edit( post( 90 ), array( 'post_name' => 'another-slug' ) );", "comments posts"),
    Kind("The slugs of two posts with comments are changed", "edit( post( 95 ), array( 'post_name' => 'one-slug' ) ); edit( post( 97 ), array( 'post_name' => 'two-slugs' ) );", "comments posts"),
    Kind("A post gets other tags, and is not saved", "wp_set_post_tags( post( 100 ), array( get_term( term( 'post_tag', 20 ) )->name ) );", "posts tags"),
    Kind("A post goes to another category, and is not saved", "wp_set_post_categories( post( 102 ), array( term( 'category', 20 ) ) );", "categories posts"),
    Kind("Metadata that REST shows is changed, and the post is not saved", "update_post_meta( post( 110 ), 'rating', 77 );", "posts", HOUR),
    Kind("A post is made sticky", "stick_post( post( 112 ) );", "posts", HOUR),
    Kind("A post is no longer sticky", "unstick_post( get_option( 'sticky_posts' )[0] );", "posts", HOUR),
    Kind("A featured image is set, and the post is not saved", "set_post_thumbnail( post( 114 ), ids( \"SELECT post_id FROM wp_postmeta WHERE meta_key = '_wp_attachment_metadata' ORDER BY post_id LIMIT 1\" )[0] );", "posts", HOUR),
    Kind("The format of a post is changed, and the post is not saved", "set_post_format( post( 118 ), 'aside' );", "posts", HOUR),
    Kind("A post is edited behind WordPress's back, in SQL", "$wpdb->update( 'wp_posts', array( 'post_content' => 'By SQL.' ), array( 'ID' => post( 116 ) ) );", "posts", DAY),
    Kind("A comment is added", "new_comment( post( 120 ) );", "comments", at_most=A_COMMENT),
    Kind("A comment is added that is dated 2016", "new_comment( post( 121 ), array( 'comment_date' => '2016-03-04 05:06:07', 'comment_date_gmt' => '2016-03-04 10:06:07' ) );", "comments"),
    Kind("One of the newest hundred comments is edited", "wp_update_comment( array( 'comment_ID' => newest_comment(), 'comment_content' => 'Edited.' ) );", "comments"),
    Kind("An older comment is edited", "wp_update_comment( array( 'comment_ID' => comment( 300 ), 'comment_content' => 'Edited.' ) );", "comments", DAY),
    Kind("The author's name of an older comment is changed", "wp_update_comment( array( 'comment_ID' => comment( 310 ), 'comment_author' => 'Another' ) );", "comments", HOUR),
    Kind("An older comment moves to another post", "wp_update_comment( array( 'comment_ID' => comment( 320 ), 'comment_post_ID' => post( 122 ) ) );", "comments", HOUR),
    Kind("An older comment is held", "wp_set_comment_status( comment( 330 ), 'hold' );", "comments"),
    Kind("An older comment is approved", "wp_set_comment_status( held_comment(), 'approve' );", "comments"),
    Kind("An older comment is spam", "wp_spam_comment( comment( 340 ) );", "comments"),
    Kind("An older comment is deleted", "wp_delete_comment( comment( 350 ), true );", "comments"),
    Kind("An older comment is deleted and one is added", "wp_delete_comment( comment( 360 ), true ); new_comment( post( 124 ) );", "comments"),
    Kind("A reply to an older comment is added", "$id = comment( 380 ); new_comment( get_comment( $id )->comment_post_ID, array( 'comment_parent' => $id ) );", "comments"),
    Kind("An older comment with replies is deleted", "wp_delete_comment( replied_to(), true );", "comments"),
    Kind("An older reply is deleted", "wp_delete_comment( current( get_comment( replied_to() )->get_children() ), true );", "comments"),
    Kind("An older comment is held and another approved", "$held = held_comment(); wp_set_comment_status( comment( 370 ), 'hold' ); wp_set_comment_status( $held, 'approve' );", "comments", HOUR, mixed=True),
    Kind("A tag is added", "wp_insert_term( 'A new tag', 'post_tag' );", "tags"),
    Kind("A category is renamed", "wp_update_term( term( 'category', 5 ), 'category', array( 'name' => 'Renamed' ) );", "categories"),
    Kind("The slug of a tag is changed", "wp_update_term( term( 'post_tag', 6 ), 'post_tag', array( 'slug' => 'another-slug' ) );", "tags"),
    Kind("A tag that posts carry is deleted", "wp_delete_term( term( 'post_tag', 8 ), 'post_tag' );", "posts tags"),
    Kind("A category that posts carry is deleted", "wp_delete_term( term( 'category', 8 ), 'category' );", "categories posts"),
    Kind("A tag that posts carry is deleted and one is added", "wp_delete_term( term( 'post_tag', 9 ), 'post_tag' ); wp_insert_term( 'Another new tag', 'post_tag' );", "posts tags"),
    Kind("A user is renamed", "wp_update_user( array( 'ID' => get_post( post( 130 ) )->post_author, 'display_name' => 'Renamed' ) );", "users"),
    Kind("A user's description is changed", "update_user_meta( get_post( post( 131 ) )->post_author, 'description', 'Changed.' );", "users"),
    Kind("A user is deleted, and another one gets the posts", "require_once ABSPATH . 'wp-admin/includes/user.php'; wp_delete_user( get_post( post( 132 ) )->post_author, 1 );", "books posts users", HOUR),
    Kind("The alternative text of a medium is changed", "update_post_meta( of_type( 'attachment', 3 ), '_wp_attachment_image_alt', 'Changed.' );", "media"),
    Kind("A medium is given another title", "edit( of_type( 'attachment', 4 ), array( 'post_title' => 'Changed.' ) );", "media"),
    Kind("A medium is deleted", "wp_delete_attachment( of_type( 'attachment', 5 ), true );", "media"),
    Kind("A medium is deleted that is a featured image", "wp_delete_attachment( ids( \"SELECT meta_value FROM wp_postmeta WHERE meta_key = '_thumbnail_id'\" )[0], true );", "media posts", HOUR),
    Kind("A page is edited", "edit( of_type( 'page', 3 ), array( 'post_content' => 'Edited.' ) );", "pages"),
    Kind("A page gets a parent", "edit( of_type( 'page', 6 ), array( 'post_parent' => of_type( 'page', 7 ) ) );", "pages"),
    Kind("The slug of a page with subpages is changed", "edit( of_type( 'page', 6 ), array( 'post_name' => 'another-page' ) );", "pages"),
    Kind("A page is trashed", "wp_trash_post( of_type( 'page', 20 ) );", "pages"),
    Kind("The time zone is changed", "update_option( 'timezone_string', 'Asia/Tokyo' );", "posts", HOUR),
    Kind("Other permalinks are chosen", "$wp_rewrite->set_permalink_structure( '/%post_id%/%postname%/' ); flush_rewrite_rules();", "comments media posts"),
    Kind("A plugin adds a member to every post", "file_put_contents( WPMU_PLUGIN_DIR . '/kinds.php', \"<?php add_action( 'rest_api_init', fn() => register_rest_field( 'post', 'more', array( 'get_callback' => fn() => 1 ) ) );\" );", "posts"),
)  # fmt: skip

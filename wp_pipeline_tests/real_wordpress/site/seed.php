<?php
/*
 * seed.php POSTS COMMENTS [yes]: fills the site with content that is the same every time, and prints the numbers and ids that tests rely on as JSON.
 * Writes rows in bulk, for speed, then recounts. A site that already holds this content is left alone, unless `yes` asks for it or a writer
 * (writer.php) has broken the seal.
 */
list( , $post_count, $comment_count ) = array_map( 'intval', $argv );
$forced = isset( $argv[3] );
require __DIR__ . '/boot.php';
if ( $post_count < 100 ) {
	fwrite( STDERR, "seed.php: the awkward content needs 100 posts or more\n" );
	exit( 1 );
}

$seal = md5( "$post_count $comment_count " . get_option( 'timezone_string' ) . md5_file( __FILE__ ) );
if ( ! $forced && get_option( 'seal' ) === $seal ) {
	exit( get_option( 'expected' ) );
}
delete_option( 'seal' );
mt_srand( 42 );

// Everything but the genres takes more than one page of 100.
const PAGES      = 120;
const BOOKS      = 110;
const MEDIA      = 150;
const CATEGORIES = 105;
const TAGS       = 150;
const GENRES     = 8;
const USERS      = 140; // Every seventh may not write; some hundred authors are left.

const START = 1420070400;       // 2015-01-01: fixed, as the end is, so that two seedings are alike.
const END   = 1761955200;       // 2025-11-01
const MONTH = 30 * 86400;
const ONE_SECOND = 1710072000;  // 2024-03-10 12:00:00, a day on which New York's clocks changed: hundreds of items share this second.
$same_second = min( 250, intdiv( $post_count, 4 ) );

/* ---------- rows ---------- */

/* Inserts rows a thousand at a time. A row is an array by column name; what it leaves out is ''. */
class Table {
	public $rows = 0;
	private $name, $columns, $values = array();

	function __construct( $name ) {
		global $wpdb;
		$this->name    = $name;
		$this->columns = $wpdb->get_col( "SHOW COLUMNS FROM $name" );
	}

	function add( $row ) {
		$values = array();
		foreach ( $this->columns as $column ) {
			$value    = $row[ $column ] ?? '';
			$values[] = is_int( $value ) ? $value : "'" . mysqli_real_escape_string( $GLOBALS['wpdb']->dbh, $value ) . "'";
		}
		$this->values[] = '(' . implode( ',', $values ) . ')';
		++$this->rows;
		if ( count( $this->values ) >= 1000 ) {
			$this->flush();
		}
	}

	function flush() {
		if ( $this->values ) {
			// Not $wpdb->query(), which examines every character of a statement of megabytes.
			$database = $GLOBALS['wpdb']->dbh;
			if ( ! mysqli_query( $database, "INSERT INTO $this->name VALUES " . implode( ',', $this->values ) ) ) {
				fwrite( STDERR, 'seed.php: ' . mysqli_error( $database ) . "\n" );
				exit( 1 );
			}
		}
		$this->values = array();
	}
}

function local_time( $timestamp ) { return wp_date( 'Y-m-d H:i:s', $timestamp ); }
function gmt( $timestamp ) { return gmdate( 'Y-m-d H:i:s', $timestamp ); }

/* ---------- text ---------- */

const WORDS = 'river stone market garden Zürich café naïve façade São Łódź Reykjavík 東京 北京 Москва Αθήνα القاهرة ירושלים हिन्दी ไทย 한국어 Ελλάδα 🙂 👩‍👩‍👧‍👦 🇺🇳 e&#769; data export lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua enim minim veniam quis nostrud exercitation';
const AWKWARD_TITLES = array(
	'🎉 Emoji only title 🧪🚀', 'Ampersand & <em>markup</em> "quotes" \'single\' — dash…', 'العربية من اليمين إلى اليسار', 'עברית', '日本語のタイトル',
	"Combining e\u{0301} and zero\u{200B}width and nbsp\u{00A0}end", '', 'Backslash \\ and \\n and \\" and %s %d {curly} [shortcode]', "Tab\tand newline\nin title",
	'&lt;script&gt;alert(1)&lt;/script&gt;', 'Array in a title: },{"id":1},[', "Line\u{2028}separator\u{2029}", '0', '=1+1 formula', 'NULL', '👩‍👩‍👧‍👦 family 🏳️‍🌈 flag 🇬🇧', 'ﬁ ligature Ⅷ ½ ①',
	"\u{FEFF}BOM start", "\u{FFFD} replacement",
);

function words( $count ) {
	static $words = null;
	$words = $words ?? explode( ' ', WORDS );
	$text  = array();
	while ( $count-- > 0 ) {
		$text[] = one_of( $words );
	}
	return implode( ' ', $text );
}

function paragraphs( $count ) {
	$text = '';
	while ( $count-- > 0 ) {
		$text .= "<!-- wp:paragraph -->\n<p>" . words( mt_rand( 20, 70 ) ) . "</p>\n<!-- /wp:paragraph -->\n\n";
	}
	return $text;
}

function one_of( $list ) { return $list[ mt_rand( 0, count( $list ) - 1 ) ]; }

/* ---------- the former content goes ---------- */

foreach ( array( 'posts', 'postmeta', 'comments', 'commentmeta', 'terms', 'term_taxonomy', 'term_relationships', 'termmeta' ) as $table ) {
	$wpdb->query( 'TRUNCATE TABLE ' . $wpdb->$table );
}
$admin      = get_user_by( 'login', 'admin' )->ID;
$subscriber = get_user_by( 'login', 'subscriber' )->ID;
$wpdb->query( "DELETE FROM $wpdb->usermeta WHERE user_id NOT IN ($admin, $subscriber)" );
$wpdb->query( "DELETE FROM $wpdb->users WHERE ID NOT IN ($admin, $subscriber)" );

/* ---------- terms: the last category and the last tag stay empty ---------- */

$terms         = new Table( $wpdb->terms );
$taxonomies    = new Table( $wpdb->term_taxonomy );
$relationships = new Table( $wpdb->term_relationships );

function add_term( $taxonomy, $name, $slug, $parent = 0, $description = '' ) {
	global $terms, $taxonomies;
	$id = $terms->rows + 1;
	$terms->add( array( 'term_id' => $id, 'name' => $name, 'slug' => $slug, 'term_group' => 0 ) );
	$taxonomies->add( array( 'term_taxonomy_id' => $id, 'term_id' => $id, 'taxonomy' => $taxonomy, 'description' => $description, 'parent' => $parent, 'count' => 0 ) );
	return $id;
}

function relate( $post_id, $term_ids ) {
	global $relationships;
	foreach ( array_unique( $term_ids ) as $term_id ) {
		$relationships->add( array( 'object_id' => $post_id, 'term_taxonomy_id' => $term_id, 'term_order' => 0 ) );
	}
}

$categories = array( add_term( 'category', 'Uncategorized', 'uncategorized' ) );
for ( $i = 1; $i < CATEGORIES; $i++ ) {
	$name         = $i % 7 ? "Category $i " . words( 1 ) : "Кат &amp; $i 🏷️";
	$parent       = $i > 5 && 0 === $i % 3 ? one_of( $categories ) : 0;
	$categories[] = add_term( 'category', $name, "category-$i", $parent, $i % 4 ? '' : words( 12 ) );
}
$tags = array();
for ( $i = 1; $i <= TAGS; $i++ ) {
	$tags[] = add_term( 'post_tag', "tag $i " . words( 1 ), "tag-$i" );
}
$genres = array();
for ( $i = 1; $i <= GENRES; $i++ ) {
	$genres[] = add_term( 'genre', "Genre $i", "genre-$i", $i > 4 ? $genres[ $i - 5 ] : 0 );
}
update_option( 'default_category', $categories[0] );
$used_categories = array_slice( $categories, 0, -1 );
$used_tags       = array_slice( $tags, 0, -1 );

/* ---------- users: those who have published nothing are hidden from visitors ---------- */

$users     = new Table( $wpdb->users );
$user_meta = new Table( $wpdb->usermeta );
$authors   = array( $admin );
$meta_id   = (int) $wpdb->get_var( "SELECT MAX(umeta_id) FROM $wpdb->usermeta" );
for ( $id = $subscriber + 1; $id <= USERS; $id++ ) {
	$role = $id % 7 ? 'author' : 'subscriber';
	$users->add( array( 'ID' => $id, 'user_login' => "user$id", 'user_nicename' => "user$id", 'user_email' => "user$id@example.test", 'user_registered' => gmt( START + $id * 86400 ), 'user_status' => 0, 'display_name' => $id % 3 ? "User $id" : "Üser $id 🧑‍💻" ) );
	$user_meta->add( array( 'umeta_id' => ++$meta_id, 'user_id' => $id, 'meta_key' => $wpdb->prefix . 'capabilities', 'meta_value' => serialize( array( $role => true ) ) ) );
	$user_meta->add( array( 'umeta_id' => ++$meta_id, 'user_id' => $id, 'meta_key' => 'description', 'meta_value' => words( 8 ) ) );
	if ( 'author' === $role ) {
		$authors[] = $id;
	}
}

/* ---------- posts, with drafts among them: what becomes visible later may stand in the middle ---------- */

$post_rows = new Table( $wpdb->posts );
$post_meta = new Table( $wpdb->postmeta );

function add_post( $row, $published, $modified = null ) {
	global $post_rows, $authors;
	$id       = $post_rows->rows + 1;
	$modified = $modified ?? $published;
	$post_rows->add( $row + array(
		'ID' => $id, 'post_author' => one_of( $authors ), 'post_type' => 'post', 'post_status' => 'publish', 'post_name' => "item-$id", 'post_parent' => 0, 'menu_order' => 0,
		'post_date' => local_time( $published ), 'post_date_gmt' => gmt( $published ), 'post_modified' => local_time( $modified ), 'post_modified_gmt' => gmt( $modified ),
		'comment_status' => 'open', 'ping_status' => 'closed', 'guid' => WP_HOME . "/?p=$id", 'comment_count' => 0,
	) );
	return $id;
}

function add_post_meta_row( $post_id, $key, $value ) {
	global $post_meta;
	$post_meta->add( array( 'meta_id' => $post_meta->rows + 1, 'post_id' => $post_id, 'meta_key' => $key, 'meta_value' => $value ) );
}

function random_time() { return mt_rand( START, END ); }

const NO_DATE = '0000-00-00 00:00:00';

$posts   = array();
$drafts  = array();
$awkward = array( 'protected' => array(), 'sticky' => array(), 'big' => array(), 'without_modified' => array(), 'titles' => array(), 'without_content' => array() );
$step    = intdiv( END - START, $post_count );
for ( $i = 0; $i < $post_count; $i++ ) {
	$published = START + $i * $step + mt_rand( 0, $step );
	$modified  = $published + ( $i % 3 ? mt_rand( 0, MONTH ) : 0 );
	$row       = array( 'post_title' => "Post $i " . words( 4 ), 'post_content' => paragraphs( mt_rand( 1, 6 ) ), 'post_excerpt' => $i % 4 ? '' : words( 10 ) );
	$kind      = null;
	if ( $i >= 10 && $i < 10 + count( AWKWARD_TITLES ) ) {
		$kind              = 'titles';
		$row['post_title'] = AWKWARD_TITLES[ $i - 10 ];
	} elseif ( $i >= 40 && $i < 43 ) {
		$kind = 'big';
		while ( strlen( $row['post_content'] ) < 200 * 1024 ) {
			$row['post_content'] .= paragraphs( 20 );
		}
	} elseif ( 60 === $i ) {
		$kind                = 'without_content';
		$row['post_content'] = '';
	} elseif ( $i > 60 && $i <= 65 ) {
		$kind                 = 'protected';
		$row['post_password'] = 'secret';
	} elseif ( 66 === $i ) { // Bad imports leave such dates.
		$kind = 'without_modified';
		$row += array( 'post_modified' => NO_DATE, 'post_modified_gmt' => NO_DATE );
	} elseif ( $i >= 70 && $i < 73 ) {
		$kind = 'sticky';
	}
	if ( $i >= $post_count / 5 && $i < $post_count / 5 + $same_second ) {
		$modified = ONE_SECOND;
	}
	$id      = add_post( $row, $published, $modified );
	$posts[] = $id;
	if ( $kind ) {
		$awkward[ $kind ][] = $id;
	}
	relate( $id, array( one_of( $used_categories ), one_of( $used_tags ), one_of( $used_tags ) ) );
	if ( 0 === $i % 5 ) {
		add_post_meta_row( $id, 'rating', (string) mt_rand( 1, 5 ) );
	}
	if ( 0 === $i % 20 ) {
		$drafts[] = add_post( array( 'post_status' => 'draft', 'post_date_gmt' => NO_DATE, 'post_title' => "Draft $i", 'post_content' => paragraphs( 1 ) ), $published );
	}
}
update_option( 'sticky_posts', $awkward['sticky'] );

$pages = array();
for ( $i = 0; $i < PAGES; $i++ ) {
	$parent    = $i > 3 && 0 === $i % 3 ? one_of( $pages ) : 0;
	$published = random_time();
	$pages[]   = add_post( array( 'post_type' => 'page', 'post_title' => "Page $i " . words( 3 ), 'post_content' => paragraphs( 3 ), 'post_name' => "page-$i", 'post_parent' => $parent, 'menu_order' => $i % 10 ), $published, $published + mt_rand( 0, MONTH ) );
}
for ( $i = 0; $i < BOOKS; $i++ ) {
	$published = random_time();
	$id        = add_post( array( 'post_type' => 'book', 'post_title' => "Book $i " . words( 3 ), 'post_content' => paragraphs( 2 ), 'post_name' => "book-$i" ), $published, $published + mt_rand( 0, MONTH ) );
	relate( $id, array( $genres[ $i % GENRES ] ) );
}

/* ---------- what a visitor never sees ---------- */

foreach ( array( 'private', 'trash', 'pending', 'future' ) as $status ) {
	for ( $i = 0; $i < 5; $i++ ) {
		$hidden[ $status ][] = add_post( array( 'post_status' => $status, 'post_title' => "$status $i", 'post_content' => paragraphs( 1 ) ), 'future' === $status ? strtotime( '2035-06-01' ) : END );
	}
}
add_post( array( 'post_status' => 'auto-draft', 'post_title' => 'Auto Draft', 'post_date_gmt' => NO_DATE ), END );
for ( $i = 0; $i < 5; $i++ ) {
	add_post( array( 'post_type' => 'revision', 'post_status' => 'inherit', 'post_parent' => $posts[ $i ], 'post_name' => "$posts[$i]-revision-v1", 'post_title' => 'An old title' ), END );
}
add_post( array( 'post_type' => 'hiddenthing', 'post_title' => 'Not in the REST API' ), END );

/* ---------- media: those of a draft are counted in X-WP-Total, and not shown ---------- */

const HIDDEN_MEDIA = 3;
const MEDIA_KINDS  = array( 'jpg' => 'image/jpeg', 'pdf' => 'application/pdf', 'gif' => 'image/gif', 'mp4' => 'video/mp4' );
for ( $i = 0; $i < MEDIA + HIDDEN_MEDIA; $i++ ) {
	$published = random_time();
	$extension = array_keys( MEDIA_KINDS )[ $i % 4 ];
	$file      = gmdate( 'Y/m', $published ) . "/media-$i.$extension";
	$parent    = $i >= MEDIA ? $drafts[0] : ( $i % 2 ? one_of( $posts ) : 0 );
	$id        = add_post( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'post_title' => "Média $i 🖼️", 'post_name' => "media-$i", 'post_mime_type' => MEDIA_KINDS[ $extension ], 'post_parent' => $parent, 'guid' => WP_HOME . "/wp-content/uploads/$file" ), $published );
	add_post_meta_row( $id, '_wp_attached_file', $file );
	if ( 0 === $i % 2 ) {
		add_post_meta_row( $id, '_wp_attachment_metadata', serialize( array( 'width' => 1200, 'height' => 800, 'file' => $file, 'sizes' => array() ) ) );
	}
}

/* ---------- comments: those of protected posts, private posts and drafts are counted in X-WP-Total, and not shown ---------- */

$comments = new Table( $wpdb->comments );

function add_comment( $post_id, $time, $row = array() ) {
	global $comments;
	$id = $comments->rows + 1;
	$comments->add( $row + array(
		'comment_ID' => $id, 'comment_post_ID' => $post_id, 'comment_author' => $id % 5 ? "Visitor $id" : "Gäst 🙂 $id", 'comment_author_email' => $id % 9 ? "visitor$id@example.test" : '',
		'comment_author_url' => $id % 6 ? '' : "https://example.test/$id", 'comment_author_IP' => '127.0.0.1', 'comment_date' => local_time( $time ), 'comment_date_gmt' => gmt( $time ),
		'comment_content' => words( mt_rand( 3, 60 ) ), 'comment_karma' => 0, 'comment_approved' => '1', 'comment_type' => 'comment', 'comment_parent' => 0, 'user_id' => 0,
	) );
	return $id;
}

$open_posts = array_values( array_diff( $posts, $awkward['protected'] ) );
$latest     = array(); // by post: what the next comment may answer
for ( $i = 0; $i < $comment_count; $i++ ) {
	$post_id            = $i % 10 ? one_of( $open_posts ) : $open_posts[0]; // Every tenth lands on one busy post.
	$in_one_second      = $i >= $comment_count / 3 && $i < $comment_count / 3 + $same_second;
	$time               = $in_one_second ? ONE_SECOND : START + (int) ( $i / $comment_count * ( END - START ) );
	$latest[ $post_id ] = add_comment( $post_id, $time, array( 'comment_parent' => $i % 3 ? 0 : ( $latest[ $post_id ] ?? 0 ) ) );
	if ( 0 === $i % 50 ) { // Approved later, these appear in the middle.
		add_comment( $post_id, $time, array( 'comment_approved' => '0' ) );
	}
}
$closed_posts    = $comment_count ? array_merge( $drafts, $awkward['protected'], $hidden['private'] ) : array();
foreach ( $closed_posts as $post_id ) {
	add_comment( $post_id, random_time() );
}
foreach ( array( array( 'comment_approved' => 'spam' ), array( 'comment_approved' => 'trash' ), array( 'comment_type' => 'pingback' ) ) as $row ) {
	add_comment( $open_posts[1], random_time(), $row );
}

/* ---------- into the database, and what WordPress derives from it ---------- */

foreach ( array( $terms, $taxonomies, $relationships, $users, $user_meta, $post_rows, $post_meta, $comments ) as $table ) {
	$table->flush();
}
$wpdb->query( "UPDATE $wpdb->posts p JOIN (SELECT comment_post_ID, COUNT(*) n FROM $wpdb->comments WHERE comment_approved = '1' GROUP BY 1) c ON c.comment_post_ID = p.ID SET p.comment_count = c.n" );
$wpdb->query( "UPDATE $wpdb->term_taxonomy t JOIN (SELECT r.term_taxonomy_id, COUNT(*) n FROM $wpdb->term_relationships r JOIN $wpdb->posts p ON p.ID = r.object_id WHERE p.post_status = 'publish' GROUP BY 1) r USING (term_taxonomy_id) SET t.count = r.n" );
$wpdb->query( "ANALYZE TABLE $wpdb->posts, $wpdb->comments" ); // Else the first queries run by another plan than the later ones.
foreach ( array( 'category', 'genre' ) as $taxonomy ) {
	delete_option( "{$taxonomy}_children" );
}

$expected = json_encode( array(
	'readable'    => array( 'posts' => $post_count, 'pages' => PAGES, 'books' => BOOKS, 'media' => MEDIA, 'comments' => $comment_count, 'categories' => CATEGORIES, 'tags' => TAGS, 'genres' => GENRES ),
	'totals'      => array( 'media' => MEDIA + HIDDEN_MEDIA, 'comments' => $comment_count + count( $closed_posts ) ),
	'awkward'     => $awkward,
	'drafts'      => $drafts,
	'same_second' => array( 'modified_gmt' => gmdate( 'Y-m-d\TH:i:s', ONE_SECOND ), 'posts' => $same_second ),
) );
update_option( 'expected', $expected, false );
update_option( 'seal', $seal, false );
echo $expected;

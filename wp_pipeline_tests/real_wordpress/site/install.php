<?php
/* install.php pretty|plain TIMEZONE: installs WordPress without a browser, and prints where and how it is reached as JSON. */
list( , $permalinks, $timezone ) = $argv;
define( 'WP_INSTALLING', true ); // Otherwise WordPress, finding no tables, redirects to its installer and exits.
require __DIR__ . '/boot.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

if ( ! is_blog_installed() ) {
	wp_install( 'A “real” WordPress & Ünïcode 🧪', 'admin', 'admin@example.test', true, '', wp_generate_password() );
	wp_insert_user( array( 'user_login' => 'subscriber', 'user_email' => 'subscriber@example.test', 'user_pass' => wp_generate_password(), 'role' => 'subscriber' ) );
	// Two digits at least: a text without any can look like a word.
	update_option( 'raw_row_suffix', strtolower( wp_generate_password( 6, false ) ) . random_int( 10, 99 ) );
}
wp_installing( false );
update_option( 'timezone_string', $timezone );
switch_theme( 'bare' );
$wp_rewrite->init();
$wp_rewrite->set_permalink_structure( 'plain' === $permalinks ? '' : '/%year%/%monthnum%/%postname%/' );
flush_rewrite_rules( false );

/* A new one at every start: WordPress keeps only the hash. */
function new_application_password( $login ) {
	$user = get_user_by( 'login', $login );
	WP_Application_Passwords::delete_all_application_passwords( $user->ID );
	return WP_Application_Passwords::create_new_application_password( $user->ID, array( 'name' => 'tests' ) )[0];
}

$rest_base = 'plain' === $permalinks ? WP_HOME . '/?rest_route=/' : WP_HOME . '/wp-json/';
$raw_rows  = array();
foreach ( array_keys( raw_row_queries() ) as $name ) {
	$raw_rows[ $name ] = $rest_base . raw_row_route( $name );
}
echo json_encode( array(
	'url'         => WP_HOME,
	'version'     => $wp_version,
	'rest_base'   => $rest_base,
	'raw_rows'    => $raw_rows,
	'credentials' => array( 'admin' => new_application_password( 'admin' ), 'subscriber' => new_application_password( 'subscriber' ) ),
) );

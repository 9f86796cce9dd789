<?php
// The configuration of every site that shares one unpacked WordPress: SITE_DIR says whose, and its name is the port.
$site = getenv( 'SITE_DIR' );
define( 'WP_HOME', 'http://127.0.0.1:' . basename( $site ) );
define( 'WP_SITEURL', WP_HOME );
define( 'WP_CONTENT_DIR', "$site/content" );
define( 'WP_DEFAULT_THEME', 'bare' );

define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'www-data' ); // Known to MariaDB by the system user behind the socket.
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', "localhost:$site/database.sock" );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
$table_prefix = 'wp_';

// Nothing may change the site, or leave the machine, but what a test asks for.
define( 'DISABLE_WP_CRON', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );

require_once __DIR__ . '/wp-settings.php';

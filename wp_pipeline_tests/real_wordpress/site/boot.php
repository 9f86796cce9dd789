<?php
/* Loads the instance's WordPress into a command line PHP. Runs from the copy in the instance: www-data may not be able to read the repository. */
$site_dir = dirname( __DIR__ );
$suite    = trim( file_get_contents( "$site_dir/suite" ) );
putenv( "SITE_DIR=$site_dir" ); // For wp-config.php, which the sites of a suite share.

// WordPress reads these without looking whether they are there.
$_SERVER['HTTP_HOST']       = '127.0.0.1:' . basename( $site_dir );
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = '/';
require dirname( $site_dir ) . "/wordpress-$suite/wp-load.php";

#!/usr/bin/env bash
# Starts a real WordPress on 127.0.0.1 and fills it; what already stands is left as it is. See README.md.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

port=8091          # also the name of the instance
suite=bookworm     # the Debian release whose WordPress it is: bookworm 6.1, trixie 6.8, sid 7.x
posts=2000
comments=10000
permalinks=pretty  # or plain, where /wp-json/ does not exist
timezone=America/New_York
reseed=

while [ $# -gt 0 ]; do
  case "$1" in
    --port) port=$2; shift 2 ;;
    --suite) suite=$2; shift 2 ;;
    --posts) posts=$2; shift 2 ;;
    --comments) comments=$2; shift 2 ;;
    --permalinks) permalinks=$2; shift 2 ;;
    --timezone) timezone=$2; shift 2 ;;
    --reseed) reseed=yes; shift ;;
    *) fail "unknown option $1" ;;
  esac
done
[ "$(id -u)" = 0 ] || fail "a real WordPress needs root: packages are installed, and daemons give up root for www-data"

core="$sites/wordpress-$suite"
instance="$sites/$port"

install_packages() {
  # The -core packages bring MariaDB's programs without its service; mariadbd then runs as www-data too.
  local wanted=(php-cli php-fpm php-mysql php-mbstring php-xml mariadb-server-core mariadb-client-core nginx-light)
  local missing=() package policy=/usr/sbin/policy-rc.d
  for package in "${wanted[@]}"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  if [ ! -e "$policy" ]; then  # Without it the packages would start services, nginx on every address.
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  logged apt-get -q update
  DEBIAN_FRONTEND=noninteractive logged apt-get -q -y --no-install-recommends install "${missing[@]}"
}

unpack_wordpress() {
  # A private apt configuration: another release's package is downloaded, and the system's own apt never hears of it.
  [ ! -e "$core/.complete" ] || return 0
  local apt="$sites/apt-$suite" mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/' | head -n 1)
  [ -n "$mirror" ] || fail "apt knows no Debian mirror"
  say "fetching the WordPress of $suite"
  rm -rf "$apt" "$core"
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$core"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/sources.list"
  local options=(-q -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt" -o Acquire::Languages=none -o APT::Sandbox::User=root)
  (
    cd "$apt"
    logged apt-get "${options[@]}" update
    logged apt-get "${options[@]}" download wordpress
    dpkg-deb -x wordpress_*.deb unpacked
  )
  cp -r "$apt/unpacked/usr/share/wordpress/." "$core"
  rm -rf "$apt"
  touch "$core/.complete"
}

prepare_instance() {
  if [ "$(cat "$instance/suite" 2>/dev/null)" != "$suite" ]; then
    "$here/down.sh" --port "$port" --purge
    mkdir -p "$instance"
    echo "$suite" >"$instance/suite"
  fi
  mkdir -p "$instance"/content/{mu-plugins,plugins,uploads,themes/bare} "$instance"/{nginx,scripts}
  printf '/*\nTheme Name: Bare\n*/\n' >"$instance/content/themes/bare/style.css"
  printf '<?php wp_head();\n' >"$instance/content/themes/bare/index.php"
  rm -f "$instance"/content/mu-plugins/*.php  # An interrupted test may have left one.
  cp "$here/mu-plugin.php" "$instance/content/mu-plugins/"
  cp "$here"/{boot,install,seed,writer}.php "$instance/scripts/"
  cp "$here/wp-config.php" "$core/"
  for template in mariadb.cnf php-fpm.conf nginx.conf; do
    sed "s|@INSTANCE@|$instance|g; s|@CORE@|$core|g; s|@PORT@|$port|g" "$here/$template" >"$instance/$template"
  done
  chown -R www-data:www-data "$instance"
}

start_database() {
  local client=(mariadb --no-defaults --socket="$instance/database.sock" --user=root)
  if [ ! -e "$instance/database/mysql" ]; then
    logged mariadb-install-db --no-defaults --datadir="$instance/database" --user=www-data \
      --auth-root-authentication-method=socket --skip-test-db
  fi
  if ! is_ours "$instance/mariadb.pid"; then
    rm -f "$instance/mariadb.pid" "$instance/database.sock"
    setsid mariadbd --defaults-file="$instance/mariadb.cnf" </dev/null >>"$instance/mariadb.log" 2>&1 &
    wait_for "MariaDB" "$instance/mariadb.log" "${client[@]}" --execute 'SELECT 1'
  fi
  # PHP connects as the system user that it runs as: there is no password to keep.
  "${client[@]}" --execute "CREATE DATABASE IF NOT EXISTS wordpress;
    CREATE USER IF NOT EXISTS 'www-data'@'localhost' IDENTIFIED VIA unix_socket;
    GRANT ALL ON wordpress.* TO 'www-data'@'localhost'"
}

start_web_server() {
  if ! is_ours "$instance/php-fpm.pid"; then
    logged "$(compgen -c php-fpm | head -n 1)" --fpm-config "$instance/php-fpm.conf"
  fi
  if ! is_ours "$instance/nginx.pid"; then
    # A port in use is an error of nginx's own, so we need not look.
    logged nginx -e "$instance/nginx.log" -c "$instance/nginx.conf"
  fi
}

fill() {
  local php=(setpriv --reuid=www-data --regid=www-data --clear-groups php -d memory_limit=1G)
  "${php[@]}" "$instance/scripts/install.php" "$permalinks" "$timezone" >"$instance/site.json"
  "${php[@]}" "$instance/scripts/seed.php" "$posts" "$comments" $reseed >"$instance/expected.json"
}

mkdir -p "$sites"
chmod 755 "$sites"
exec 9>"$sites/shared.lock"  # apt and the unpacked WordPress are shared by all instances
flock 9
install_packages
unpack_wordpress
prepare_instance
exec 9>&-
start_database
start_web_server
fill

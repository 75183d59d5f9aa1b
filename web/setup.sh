#!/usr/bin/env bash
# Makes Node (20 or newer), the web packages and Chromium available: installs what is missing with the system's package
# manager where that is possible. Says what is missing otherwise; the callers then skip what needs it.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")"

has_node() { node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null; }
has_chromium() {
  [ -n "${TIDEMARK_CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || [ -x /snap/bin/chromium ] ||
    node -e 'require("fs").accessSync(require("playwright-core").chromium.executablePath())' 2>/dev/null
}
# Install a package with the system's package manager, if this user may.
install() {
  local as=""
  [ "$(id -u)" = 0 ] || as="sudo -n"
  if command -v apt-get >/dev/null; then
    $as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as apt-get install -qq -y --no-install-recommends "$@"
  elif command -v dnf >/dev/null; then
    $as dnf install -q -y "$@"
  elif command -v apk >/dev/null; then
    $as apk add -q "$@"
  elif command -v brew >/dev/null; then
    brew install -q "$@"
  else
    false
  fi
} >/dev/null 2>&1

has_node || { echo "Node 20 or newer is missing; trying to install it" >&2; install nodejs npm; }
has_node || { echo "Node 20 or newer is missing: the web parts are neither built nor tested; their committed builds are served." >&2; exit 3; }

if [ ! -e node_modules/.installed ] || [ package-lock.json -nt node_modules/.installed ]; then
  npm ci --no-audit --no-fund --loglevel=error 2>&1 | grep -v '^npm warn' >&2
  [ "${PIPESTATUS[0]}" = 0 ] || { echo "The web packages could not be installed: the web parts are neither built nor tested." >&2; exit 3; }
  touch node_modules/.installed
fi

[ "${1:-}" = browser ] || exit 0
has_chromium || { echo "Chromium is missing; trying to install it" >&2; install chromium || install chromium-browser; }
has_chromium || npx playwright-core install chromium >/dev/null 2>&1
has_chromium || { echo "Chromium is missing: the browser tests are skipped." >&2; exit 4; }

#!/bin/sh
# Brings node_modules up to the lockfile before an npm script runs; silent when there is nothing to do.
# Node 24 comes with it (node-linux-*): npm puts node_modules/.bin first on the path of every script, so that
# `npm test` runs under Node 24 on a machine whose own Node is older. Output goes to stderr: stdout is the result's.
set -eu
cd "$(dirname "$0")/.."

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo 'whydns: installing what package-lock.json names (npm ci), once' >&2
  # EBADENGINE warnings come from npm running under the system's Node; what matters runs under the Node installed here.
  if ! npm ci --loglevel=error --no-progress >&2; then
    echo 'whydns: npm ci failed: it needs the npm registry, or a filled npm cache' >&2
    exit 1
  fi
  touch node_modules/.package-lock.json
fi

# On a system the packaged binary is not made for (musl), the system's own Node is used if it is new enough.
if [ -e node_modules/.bin/node ] && ! node_modules/.bin/node -v >/dev/null 2>&1; then rm -f node_modules/.bin/node; fi
if ! PATH="$PWD/node_modules/.bin:$PATH" node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)'; then
  echo "whydns: needs Node 22.18 or newer, and the one on the path is $(node -v)" >&2
  exit 1
fi

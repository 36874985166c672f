#!/bin/sh
# Builds CoreDNS of one release from its Go module, with the stock plugins, for `npm run conform`. Never at install.
#
#   scripts/build-coredns.sh 1.11.3      prints the path of the binary
#
# It goes to ${XDG_CACHE_HOME:-~/.cache}/whydns/coredns-<version>, outside of the repository; one that is there is kept.
# Exit 3: there is no Go.
set -eu

version=${1:?which release, such as 1.11.3}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/whydns
binary=$cache/coredns-$version

if [ -x "$binary" ]; then
  echo "$binary"
  exit 0
fi
if ! command -v go >/dev/null 2>&1; then
  echo 'build-coredns: there is no go on the path; CoreDNS is not built' >&2
  exit 3
fi

# Old releases do not build with a new Go: the toolchain is part of the release, and comes as a module like any other.
minor=${version#*.}
minor=${minor%%.*}
if [ "$minor" -le 10 ]; then toolchain=go1.20.14
elif [ "$minor" -le 11 ]; then toolchain=go1.21.13
else toolchain=go1.26.8
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/build-XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
# Outside of any module, so that no go.mod near by has a say.
cd "$work"
module=$(GOTOOLCHAIN=local go mod download -json "github.com/coredns/coredns@v$version" | sed -n 's/.*"Dir": "\(.*\)",/\1/p')
[ -n "$module" ] || { echo "build-coredns: github.com/coredns/coredns@v$version cannot be had" >&2; exit 1; }
cp -r "$module" source
chmod -R u+w source
cd source
echo "build-coredns: building CoreDNS $version with $toolchain; it takes minutes" >&2
GOTOOLCHAIN=$toolchain CGO_ENABLED=0 GOFLAGS=-mod=mod go build -ldflags '-s -w' -o "$work/coredns" . >&2
mv "$work/coredns" "$binary"
echo "$binary"

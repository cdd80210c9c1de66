#!/usr/bin/env bash
# Gets what the end-to-end tests need into one folder (argument), as root, on Debian 12. What an
# unchanged version of this script left there is kept.
#
#   engine-26.1/         a newer Docker Engine and Compose v2, unpacked, not installed
#   python/root.tar      root of an image with Python and the real MCP SDK; python/about names both
#
# Installed for the whole machine: Debian 12's own engine (20.10) and Compose v1, and small tools.
set -euo pipefail
umask 022

parts=${1:?usage: e2e-parts.sh FOLDER}
mkdir -p "$parts"
parts=$(realpath "$parts")
recipe=$(sha256sum "$0" | cut -d' ' -f1)
if [ "$(cat "$parts/recipe" 2>/dev/null || true)" != "$recipe" ]; then
  rm -rf "$parts/engine-26.1" "$parts/python"
  echo "$recipe" >"$parts/recipe"
fi
scratch=$(mktemp -d "$parts/.getting-XXXXXX")
trap 'rm -rf "$scratch"' EXIT

say() { printf '%s\n' "$*"; }

system_apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" \
    </dev/null >"$scratch/apt.log" 2>&1 || { cat "$scratch/apt.log" >&2; return 1; }
}

# apt-get for another suite, with lists, state and cache of its own: the machine's stay untouched.
# An empty status makes it bring every dependency.
suite_apt() {
  local dir=$scratch/$1
  shift
  apt-get -qq -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$dir/lists" -o Dir::State::status="$dir/status" -o Dir::Cache="$dir" \
    -o Dir::Cache::archives="$dir/archives" -o APT::Sandbox::User=root -o APT::Install-Recommends=false \
    -o Debug::NoLocking=1 -o Acquire::Languages=none -o Acquire::Retries=3 "$@" </dev/null
}

# The mirror is the one this machine already uses.
open_suite() {
  local dir=$scratch/$1 mirror
  mkdir -p "$dir/lists/partial" "$dir/archives/partial"
  : >"$dir/status"
  mirror=$(apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)' |
    awk '$1 == "Packages" && $2 == "Debian" && $3 == "main" && $4 !~ /-/ { print $5; exit }')
  [ -n "$mirror" ] || { say 'No Debian mirror among the sources of apt.' >&2; return 1; }
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" >"$dir/sources.list"
  suite_apt "$1" update
}

get_newer_engine() {
  local root=$scratch/engine
  open_suite trixie
  (cd "$scratch/trixie/archives" && suite_apt trixie download docker.io containerd docker-compose)
  for package in "$scratch"/trixie/archives/*.deb; do dpkg -x "$package" "$root"; done
  mkdir -p "$root/config/cli-plugins"
  mv "$root/usr/libexec/docker/cli-plugins/docker-compose" "$root/config/cli-plugins/"
  mv "$root" "$parts/engine-26.1"
}

# The maintainers' scripts do not run, so what they would link is linked here.
# Documentation is left out for size.
get_python() {
  local root=$scratch/root
  open_suite sid
  suite_apt sid install -y --download-only python3-mcp python3-pip dash libc6 >/dev/null
  mkdir -p "$root"/{usr/bin,usr/sbin,usr/lib,usr/lib64,tmp,etc/ssl/certs}
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
  for package in "$scratch"/sid/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" |
      tar -x -C "$root" --keep-directory-symlink --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale'
  done
  chmod 1777 "$root/tmp"
  ln -sf dash "$root/usr/bin/sh"
  ln -sf python3 "$root/usr/bin/python"
  rm -f "$root"/usr/lib/python3*/EXTERNALLY-MANAGED
  find "$root/usr/share/ca-certificates" -name '*.crt' -exec cat {} + >"$root/etc/ssl/certs/ca-certificates.crt"
  printf 'root:x:0:0:root:/root:/bin/sh\nnonroot:x:65532:65532::/tmp:/bin/sh\n' >"$root/etc/passwd"
  # Compiled once here instead of at every start of a container, whose root is read-only. Files that
  # are no valid Python (tests of the compiler itself) make it end with 1.
  chroot "$root" python3 -m compileall -qq /usr/lib/python3 /usr/lib/python3.* || true
  mkdir "$scratch/python"
  chroot "$root" python3 -c 'import platform, importlib.metadata as m, mcp.server.fastmcp; print("Python", platform.python_version(), "with the MCP SDK", m.version("mcp"))' \
    >"$scratch/python/about"
  tar -C "$root" -cf "$scratch/python/root.tar" .
  mv "$scratch/python" "$parts/python"
}

system_apt update || say 'apt-get update complained; going on with what it has.'
system_apt install -y --no-install-recommends docker.io docker-compose docker-registry iptables iproute2 util-linux tini openssl acl strace

[ -d "$parts/engine-26.1" ] || get_newer_engine
if [ ! -d "$parts/python" ]; then
  # Not as a condition: that would switch `set -e` off inside.
  set +e
  (set -e; get_python)
  [ $? -eq 0 ] || say 'No Python with the MCP SDK could be had from suite sid: a Node server will stand in for the sample server.'
  set -e
fi

say "engine $(dockerd --version | sed 's/^Docker version //') with $(docker-compose version --short 2>/dev/null | sed 's/^/Compose v1 /')"
say "engine $("$parts/engine-26.1/usr/sbin/dockerd" --version | sed 's/^Docker version //') with Compose v2 $("$parts/engine-26.1/config/cli-plugins/docker-compose" version --short)"
[ ! -f "$parts/python/about" ] || say "sample server image: $(cat "$parts/python/about"), under the name python:3.13-slim"

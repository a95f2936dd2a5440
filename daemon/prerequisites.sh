# shellcheck shell=bash disable=SC2034 # the lists are for those who source this
# What the scripts share: which Debian packages each purpose needs, and how to get those that are
# missing. Sourced by daemon/run, tests/run, bench/run, .ci/run and systemd/install; bash.

# To build the daemon. ccache and mold only make it faster.
build_packages=(
  g++ cmake ninja-build pkg-config ccache mold ca-certificates
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libfmt-dev libspdlog-dev libexpected-dev libfast-float-dev libre2-dev
  libcurl4-openssl-dev libssl-dev zlib1g-dev libsqlite3-dev libpq-dev libsystemd-dev
  libtomlplusplus-dev libcli11-dev prometheus-cpp-dev
  tzdata
)
# To build and run every test. The last line are the peers that the daemon is tested against; before
# it, what renders its man pages and the shells that complete its words, and what brings a systemd to
# boot in a container.
test_packages=(
  "${build_packages[@]}"
  doctest-dev libjemalloc-dev python3 python3-pytest python3-jsonschema python3-aiosmtpd openssl curl
  systemd-container procps
  mandoc groff-base zsh fish
  prometheus prometheus-node-exporter prometheus-alertmanager nginx-light redis-server redis-tools postgresql-15
  dnsmasq-base dbus iproute2 e2fsprogs
)
# To hold the guards of quality.
quality_packages=("${test_packages[@]}" clang clang-format clang-tidy git)
# To build and run the benchmarks.
bench_packages=(
  "${build_packages[@]}" libbenchmark-dev python3
  prometheus prometheus-node-exporter prometheus-alertmanager monit
)

# say TEXT: a line about what the script itself does.
say() { printf '%s: %s\n' "${0#"$PWD"/}" "$*" >&2; }

# as_root COMMAND…: runs it as root, or says what root is needed for and fails.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    say "this needs root, and there is no sudo here. As root: $*"
    return 1
  fi
}

# What starts with the machine, of the servers that are installed to measure or test against.
enabled_services() {
  find /etc/systemd/system -path '*.wants/*' \( -name 'nginx*' -o -name 'redis*' -o -name 'postgresql*' \
    -o -name 'prometheus*' -o -name 'monit*' -o -name 'dnsmasq*' \) 2> /dev/null | sort || true
}

# need PACKAGE…: installs those that are missing; a service that they bring is neither started nor
# enabled.
need() {
  if ! command -v dpkg-query > /dev/null; then
    say "this is no Debian: it is up to you that there is what these bring: $*"
    return 0
  fi
  local missing=() package
  for package in "$@"; do
    if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) != installed ]]; then
      missing+=("$package")
    fi
  done
  ((${#missing[@]} == 0)) && return 0
  if ((EUID != 0)) && ! command -v sudo > /dev/null; then
    say "packages are missing, and to install them needs root; there is no sudo here. As root:"
    say "apt-get install --no-install-recommends ${missing[*]}"
    return 1
  fi
  say "installing ${missing[*]}"
  # Debian starts services as it installs them, unless this file forbids it.
  local policy=/usr/sbin/policy-rc.d forbade=
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" > /dev/null || return 1
    as_root chmod 755 "$policy"
    forbade=yes
  fi
  local failed=0 enabled
  enabled=$(enabled_services)
  # Never at the price of something else: a package that would be removed stops this instead.
  as_root apt-get -q update < /dev/null >&2 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends --no-remove \
      install "${missing[@]}" < /dev/null >&2 || failed=1
  [[ -n $forbade ]] && as_root rm -f "$policy"
  local link
  for link in $(comm -13 <(printf '%s\n' "$enabled") <(enabled_services)); do
    as_root rm -f "$link"
  done
  ((failed == 0)) || say "not all packages could be installed: ${missing[*]}"
  return "$failed"
}

# build PRESET [TARGET…]: configures and builds it, from the checkout's root.
build() {
  local preset=$1 folder=build/$1 fresh=
  shift
  if [[ -e $folder && ! -w $folder ]]; then
    say "$folder belongs to $(stat -c %U "$folder"): build as that user, or in a checkout of your own"
    return 1
  fi
  # CMake keeps to the folder that it was configured in, also once the checkout has moved.
  local home=CMAKE_HOME_DIRECTORY:INTERNAL
  grep -qsxF -e "$home=$PWD" -e "$home=$(pwd -P)" "$folder/CMakeCache.txt" || fresh=--fresh
  cmake ${fresh:+"$fresh"} --preset "$preset" > /dev/null || return
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

# shellcheck shell=bash
# The demo of daemon/run: rules/examples/demo, with a free port for its shop. Sourced by it; bash.

# prepare_demo FOLDER: starts the shop and leaves in FOLDER the configuration that watches it. The
# shop ends with whoever holds descriptor 3: this script, and the daemon that it becomes.
# DEMO_SPEED=N (a test's) makes everything so many times as fast, but for the interval, which has a floor.
prepare_demo() {
  local folder=$1 speed=${DEMO_SPEED:-1} port waited=0
  # A Python of the least kind has no server in it.
  python3 -c 'import http.server' 2> /dev/null || need python3 || return 1
  rm -rf "$folder/state" "$folder/config" "$folder/port"
  mkdir -p "$folder/config"
  exec 3> >(exec python3 rules/examples/demo/shop --until-eof --port 0 --port-file "$folder/port" \
    --healthy "$((30000 / speed))e-3" --broken "$((90000 / speed))e-3" > /dev/null)
  until [[ -s $folder/port ]]; do
    ((++waited <= 200)) || { say "the shop does not start"; return 1; }
    sleep 0.05
  done
  port=$(< "$folder/port")
  local changes=(-e "s/127\.0\.0\.1:8000/127.0.0.1:$port/")
  ((speed == 1)) || changes+=(-e "s/\"5s\"/\"$((speed > 5 ? 1000 : 5000 / speed))ms\"/"
    -e "s/20s/$((20000 / speed))ms/" -e "s/40s/$((40000 / speed))ms/")
  sed "${changes[@]}" rules/examples/demo/tocsin.toml > "$folder/config/tocsin.toml"
  demo_port=$port
}

tell_demo() {
  local ask=$1 listens=$2
  cat >&2 << END

  A shop serves its metrics on http://127.0.0.1:$demo_port/metrics. The daemon watches it by the shipped rules
  of applications, with seconds for minutes:

    0:30  the shop goes wrong: one request in 40 fails
    0:35  level 1 is told to chat
    0:55  level 2 is told to the on-call
    1:15  level 3 rings the on-call again
    2:00  the shop is mended
    2:20  the incident closes

  When it rings, say that you have it in hand; in another terminal:

    cd $PWD
    $ask ack 1 --note "a bad release, rolling back"
    $ask incidents show 1

  The page is on http://$listens. Ctrl-C ends the daemon and the shop.

END
}

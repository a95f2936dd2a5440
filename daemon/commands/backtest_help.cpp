// What `tocsin backtest` reads and shows, for help and man page.
#include "commands/backtest.hpp"

namespace tocsin::commands {

const char* const kPastTables =
    R"(The rules run as they would have run, on the past's clock: levels fall due, repeats ring, windows
and inhibition withhold. Nobody acknowledges anything, and every receiver says yes; nothing is sent.
PAGES are incidents of which somebody was told, UNTOLD those of which nobody was; RINGS counts the
notices that opened, climbed or rang again, WAKES those of them that were to wake somebody.

A table (--csv) has the time first and then a series in each column, as PromQL names it:

    time,node_load1,"http_requests_total{job=""api"",code=""500""}"
    2026-11-01T00:00:00Z,0.31,17
    2026-11-01T00:01:00Z,0.29,

or one sample a line: time,series,value. A time is RFC 3339 with its offset, or Unix seconds; one
without an offset needs --zone. Times only grow; an empty cell is no sample; the interval is the one
that most lines keep.

A Prometheus server is asked for what the rules read, at multiples of --step: what tocsin would have
seen, had it asked then. Its `up` says when a target did not answer.

With --learn nobody is paged: the daemon that runs takes over what the baselines of its rules (`drop`,
`rise`) would know, had it lived through that past. Where it has lived longer itself it keeps that.
A column of a table may then also be called like a rule: it holds what the rule's expression would
have given, one value for each of its buckets, at the bucket's end, 0 where nothing happened:

    time,SignupsDrop
    2026-11-01T00:05:00Z,31
    2026-11-01T00:10:00Z,28)";

}  // namespace tocsin::commands

// What a test file looks like, for help and man page.
#include "commands/rule_tests.hpp"

namespace tocsin::commands {

const char* const kTestFiles =
    R"(A test file is a configuration file that also has tests. It may name others:

    load = ["../rules.d/api.toml"]        # folders and files, from this file's folder on

    [source.prometheus.api]               # or say itself what is missing
    url = "http://127.0.0.1:8000/metrics"

    [[test]]
    name   = "the queue: just above two minutes, and well again"
    alert  = [
      { at = "2m", rule = "QueueStuck", state = "inactive", value = "2m" },
      { at = "3m", rule = "QueueStuck", state = "firing", severity = "warning" },
    ]
    notice = [                            # all that is told; [] is nothing
      { at = "3m", to = "console", is = "opened", level = 1 },
      { at = "4m", to = "console", is = "closed" },
    ]
    [[test.scrape]]
    target = "prometheus.api"             # its answers: one series a line, one value a tick
    series = 'queue_oldest_seconds 0 60 120 121 60'
    fails  = ["7m..9m"]

Times count from the first tick. A value is a number, _ (none) or stale; 1+2x3 is 1 3 5 7, 5x3 is
5 5 5 5, _x3 is none three times. What people say stands in command = [ … ], for example
{ at = "6m", ack = "QueueStuck", by = "ada", for = "30m" }; unack, silence and assess likewise.
The tests of the shipped rules, in rules/tests of the source, begin with all of it.)";

}  // namespace tocsin::commands

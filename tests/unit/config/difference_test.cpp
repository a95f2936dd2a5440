// Risk: a reload changes what its list of changes does not say, or the list shows a secret.
#include "tocsin/config/difference.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace tocsin;
using namespace tocsin::config;

namespace {

Description three() {
  return {{"rule", "CpuHigh", {{"above", "80%"}, {"for", "2m"}}},
          {"rule", "DiskFull", {{"above", "90%"}}},
          {"receiver", "chat", {{"kind", "slack"}}},
          {"setting", "listen", {{"address", "127.0.0.1:9797"}}}};
}

}  // namespace

TEST_CASE("the same twice is no difference, and everything is kept") {
  const Difference none = difference(three(), three());
  CHECK(none.empty());
  CHECK(render(none) == "kept: 1 receiver, 2 rules, 1 setting\n");
}

TEST_CASE("what is added, removed and changed is told with what it was and will be") {
  Description next = three();
  next[0].says = {{"above", "90%"}, {"policy", "ops"}};
  next[1].name = "DiskFuller";
  next.erase(next.begin() + 2);
  next.back().says.clear();
  CHECK(render(difference(three(), next)) ==
        "~ rule CpuHigh: above 80% → 90%; policy nothing → ops; for 2m → nothing\n"
        "+ rule DiskFuller\n"
        "~ setting listen: address 127.0.0.1:9797 → nothing (at the next start)\n"
        "- rule DiskFull   what it has open closes as \"rule removed\"\n"
        "- receiver chat   it still gets what it is owed\n");
}

TEST_CASE("another expression says what becomes of what is open") {
  Description now = three();
  now[1].says = {{"expr", "node_filesystem_avail_bytes"}};
  Description next = now;
  next[1].says[0].second = "node_filesystem_free_bytes";
  CHECK(render(difference(now, next))
            .starts_with("~ rule DiskFull: expr node_filesystem_avail_bytes → "
                         "node_filesystem_free_bytes   what the new expression does not give "
                         "closes as \"expression changed\"\n"));
}

TEST_CASE("what could steer a terminal is made visible, and long values are cut") {
  Description next = three();
  next[0].says[0].second = "\x1b[31m" + std::string(200, 'x');
  const std::string text = render(difference(three(), next));
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.size() < 200);
}

TEST_CASE("a secret in the clear is not shown, but another one is another") {
  Config config;
  WebhookReceiver hook;
  hook.url.reference = "value:https://hooks.example.com/geheim";
  hook.signing_secret.reference = "credential:webhook";
  config.receivers.emplace_back().kind = hook;
  const Description before = describe(config);
  std::get<WebhookReceiver>(config.receivers[0].kind).url.reference += "er";
  const std::string text = render(difference(before, describe(config)));
  CHECK(text.find("in the clear") != std::string::npos);
  CHECK(text.find("geheim") == std::string::npos);
}

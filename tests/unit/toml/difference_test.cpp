// Risk: somebody adds a key, and a reload that changes it is shown as changing nothing.
#include "tocsin/config/difference.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "tocsin/config/keys.hpp"
#include "toml/load.hpp"

using namespace tocsin;

namespace {

const std::string kBefore = R"(console_only = true
[source.uplink.internet]
addresses = ["192.0.2.1"]
[packs]
enable = ["tocsin"]
[receiver.other]
kind = "console"
[receiver.alerts-production]
kind = "console"
[policy.production]
[[policy.production.notify]]
level = 1
to = ["other"]
[rule.ApiDown]
expr = 'up'
below = 1
[rule.Group]
expr = 'up'
below = 1
labels = { component = "database" }
)";

/// What must stand beside the key so that it counts, and the key's line where it is given.
struct Setting {
  std::string head;
  std::string beside;
};

Setting setting(const config::Key& key) {
  const std::string section(key.section);
  const std::string name(key.name);
  if (section.empty()) return {};
  if (section == "packs") return {};
  if (section == "source.prometheus.*") {
    return {"[source.prometheus.x]\n",
            (name == "url" ? "" : std::string("url = \"http://localhost:1/metrics\"\n")) +
                (name == "password" ? "username = \"u\"\n" : "")};
  }
  if (section == "source.http.*") {
    return {"[source.http.x]\n",
            (name == "url" ? "" : std::string("url = \"http://localhost:1/health\"\n")) +
                (name == "password" ? "username = \"u\"\n" : "") +
                (name == "body" ? "method = \"POST\"\n" : "")};
  }
  if (section == "source.redis.*") {
    return {"[source.redis.x]\n",
            (name == "username" ? "password = \"credential:p\"\n" : "") +
                std::string(name == "ca_file" || name == "verify" ? "tls = true\n" : "")};
  }
  if (section == "source.postgres.*") {
    return {"[source.postgres.x]\n",
            (name == "dsn" ? "" : std::string("dsn = \"credential:other\"\n")) +
                (name == "pool_user" ? "pool_size = 7\n" : "")};
  }
  if (section == "source.postgres.*.query.*") {
    return {"[source.postgres.x]\ndsn = \"credential:other\"\n[source.postgres.x.query.y]\n",
            name == "sql" ? "" : "sql = \"select 1 as one\"\n"};
  }
  if (section == "source.ping.*" || section == "source.tcp.*") {
    const std::string port = section == "source.tcp.*" ? ":25" : "";
    return {"[" + section.substr(0, section.size() - 1) + "x]\n",
            name == "address" ? "" : "address = \"db.example" + port + "\"\n"};
  }
  if (section == "source.systemd") {
    return {"[source.systemd]\n", name == "enabled" ? "" : "enabled = true\n"};
  }
  if (section == "source.job.*") {
    return {"[source.job.x]\n", name == "expect_every" ? "" : "expect_every = \"2d\"\n"};
  }
  if (section == "source.files.*") {
    return {"[source.files.x]\n", name == "patterns" ? "" : "patterns = [\"/other\"]\n"};
  }
  if (section == "source.process.*") {
    return {"[source.process.x]\n", name == "name" ? "unit = \"a.service\"\n" : "name = \"a\"\n"};
  }
  if (section == "source.dns.*") {
    return {"[source.dns.x]\n", name == "name" ? "" : "name = \"example.com\"\n"};
  }
  if (section == "source.uplink.*") {
    return {"[source.uplink.x]\n", name == "addresses" ? "" : "addresses = [\"10.0.0.1\"]\n"};
  }
  if (section == "source.http.*.expect") {
    return {"[source.http.x]\nurl = \"http://localhost:1/health\"\n[source.http.x.expect]\n", ""};
  }
  if (section == "receiver.*") {
    std::string kind(key.kinds.substr(0, key.kinds.find(' ')));
    if (kind.empty()) kind = "slack";
    std::string beside = "kind = \"" + kind + "\"\n";
    for (const config::Key& other : config::keys()) {
      if (other.name != key.name && other.name != "kind" && config::needs(other, kind) &&
          other.section == section) {
        beside += std::string(other.name) + " = " + std::string(other.example) + "\n";
      }
    }
    if (kind == "slack" && name == "token") beside += "channel = \"#a\"\n";
    if (kind == "slack" && name != "token" && name != "webhook") {
      beside += "webhook = \"credential:other\"\n";
    }
    if (name == "content_type") beside += "body = \"{}\"\n";
    if (name == "password") beside += "username = \"u\"\n";
    return {"[receiver.x]\n", beside};
  }
  if (section == "policy.*") {
    return {"[policy.x]\n", "notify = [{ level = 3, to = [\"other\"] }]\n"};
  }
  if (section == "policy.*.notify[]") {
    return {"[policy.x]\n[[policy.x.notify]]\n", std::string(name == "level" ? "" : "level = 3\n") +
                                                     (name == "to" ? "" : "to = [\"other\"]\n")};
  }
  if (section == "record.*") return {"[record.x]\n", name == "expr" ? "" : "expr = 'up'\n"};
  if (section == "rule.*") {
    std::string beside = name == "expr" ? "" : "expr = 'up'\n";
    if (name == "clear") beside += "above = \"80%\"\n";
    if (name == "drop" || name == "rise") beside += "every = \"5m\"\n";
    if (name == "equal") beside += "inhibited_by = [\"ApiDown\"]\n";
    return {"[rule.x]\n", beside};
  }
  if (section == "maintenance.*") {
    std::string beside;
    for (const auto& [each, value] : std::map<std::string, std::string>{{"match", "'{a=\"b\"}'"},
                                                                        {"start", "\"01:00\""},
                                                                        {"lasts", "\"2h\""},
                                                                        {"reason", "\"other\""},
                                                                        {"author", "\"other\""}}) {
      if (each != name) beside += each + " = " + value + "\n";
    }
    return {"[maintenance.x]\n", beside};
  }
  if (section == "heartbeat") {
    return {"[heartbeat]\n", name == "url" ? "" : "url = \"credential:other\"\n"};
  }
  if (section == "group.*") return {"[group.x]\n", "impact = \"high\"\n"};
  return {"[" + section + "]\n", ""};
}

config::Description described(const std::string& text) {
  config::File file;
  file.name = "tocsin.toml";
  file.text = text;
  const config::Loaded loaded =
      toml::load_texts({file}, {"host-1", std::string(TOCSIN_SOURCE_DIR) + "/rules"});
  INFO(config::render(loaded.diagnostics));
  REQUIRE(loaded.config);
  return config::describe(*loaded.config);
}

/// Another value than the default, as one would write it.
std::string another(const config::Key& key) {
  if (key.name == "enabled") return key.otherwise == "true" ? "false" : "true";
  if (key.name == "kind") return "\"pagerduty\"\nrouting_key = \"credential:x\"";
  if (key.name == "level") return "2";
  if (key.section == "receiver.*" && key.name == "wakes") return "true";
  if (key.example != key.otherwise) return std::string(key.example);
  switch (key.type) {
    case config::Type::flag:
      return key.otherwise == "true" ? "false" : "true";
    case config::Type::duration: {
      const bool same = "\"" + std::string(key.least) + "\"" == key.otherwise;
      return "\"" +
             std::string(same || key.name == "timeout" || key.name == "retry_first" ? "700ms"
                         : key.name == "retry_most"                                 ? key.most
                                                                                    : key.least) +
             "\"";
    }
    case config::Type::count:
      return std::string(key.least);
    case config::Type::size:
      return "\"" + std::string(key.least) + "\"";
    default:
      return "\"/elsewhere\"";
  }
}

}  // namespace

TEST_CASE("a change of any key is a difference") {
  for (const config::Key& key : config::keys()) {
    // They choose which rules there are, or what those say: their difference is those.
    if (key.section == "packs" || key.section == "parameter.*" || key.section == "") continue;
    CAPTURE(key.section);
    CAPTURE(key.name);
    const Setting where = setting(key);
    const std::string line = std::string(key.name) + " = " + another(key) + "\n";
    std::string before = kBefore + where.head + where.beside;
    if (key.section == "receiver.*" && key.name == "kind") {
      before = kBefore + "[receiver.x]\nkind = \"console\"\n";
    } else if (key.required || !key.needed_by.empty() ||
               (key.section == "receiver.*" && (key.name == "webhook" || key.name == "token"))) {
      before = kBefore;
    }
    const std::string after = key.name == "kind" ? kBefore + where.head + line
                                                 : kBefore + where.head + where.beside + line;
    const config::Difference found = config::difference(described(before), described(after));
    CHECK(!found.empty());
  }
}

TEST_CASE(
    "a parameter that stands for something else is a difference of the rules that ask for it") {
  const std::string rule = "[rule.Errors]\nexpr = 'rate(errors[5m])'\nabove = 1\n";
  const config::Difference found =
      config::difference(described(kBefore + rule + "[parameter.errors]\nexpr = 'failed_total'\n"),
                         described(kBefore + rule + "[parameter.errors]\nexpr = 'broken_total'\n"));
  REQUIRE(found.changes.size() == 1);
  CHECK(config::render(found).find("~ rule Errors: expr") == 0);
}

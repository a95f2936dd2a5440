// Risk: half an answer is taken for a whole one, a number is made of what is none, or what is not
// Redis holds the memory.
#include <doctest/doctest.h>

#include "sources/redis_info.hpp"
#include "sources/resp.hpp"
#include "support/sample_table.hpp"

using namespace tocsin;
using namespace tocsin::sources;

namespace {

constexpr std::size_t kRespMost = 1000;

/// All replies in bytes that come one at a time.
std::vector<RespReply> dripped(std::string_view bytes) {
  RespReader reader(kRespMost);
  std::vector<RespReply> all;
  for (const char c : bytes) {
    reader.take(std::string_view(&c, 1));
    const auto reply = reader.next();
    REQUIRE(reply);
    if (*reply) all.push_back(**reply);
  }
  CHECK_FALSE(reader.within_reply());
  return all;
}

std::string resp_fault(std::string_view bytes) {
  RespReader reader(kRespMost);
  reader.take(bytes);
  const auto reply = reader.next();
  return reply ? "" : reply.error().text;
}

std::map<std::string, std::string> redis_samples(std::string_view info) {
  Exposition out;
  REQUIRE(add_redis_info(info, out));
  const testing::SampleTable table = testing::read_samples(out.text());
  CHECK(table.unreadable.empty());
  CHECK(table.twice.empty());
  return table.samples;
}

}  // namespace

TEST_CASE("resp: a command's words may hold any bytes") {
  CHECK(resp_command({"AUTH", "a b\r\n"}) == "*2\r\n$4\r\nAUTH\r\n$5\r\na b\r\n\r\n");
}

TEST_CASE("resp: replies are read as they come, however they are cut") {
  const auto all = dripped("+PONG\r\n-ERR no\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n:42\r\n$-1\r\n");
  REQUIRE(all.size() == 6);
  CHECK(all[0].text == "PONG");
  CHECK_FALSE(all[0].is_error);
  CHECK(all[1].is_error);
  CHECK(all[1].text == "ERR no");
  CHECK(all[2].text == "a\r\nbc");
  CHECK(all[3].text == "");
  CHECK(all[4].text == "42");
  CHECK(all[5].text == "");
}

TEST_CASE("resp: what is not Redis is told so, with its first bytes") {
  CHECK(resp_fault("HTTP/1.1 400 Bad Request\r\n") ==
        "the answer begins with `HTTP/1.1 400 Bad Request`: this is not Redis");
  CHECK(resp_fault("$x\r\n").find("not Redis") != std::string::npos);
  CHECK(resp_fault("$-2\r\n").find("not Redis") != std::string::npos);
  CHECK(resp_fault("$3\r\nabcde").find("not Redis") != std::string::npos);
  CHECK(resp_fault("+" + std::string(20'000, 'x')).find("not Redis") != std::string::npos);
  CHECK(resp_fault("$1001\r\n") == "the answer of 1001 bytes is longer than 1000");
  CHECK(resp_fault("$99999999999999999999\r\n").find("not Redis") != std::string::npos);
}

TEST_CASE("resp: who sends back what it was sent brings no password to light") {
  for (const std::string& echo :
       {resp_command({"AUTH", "monitor", "hunter2"}), std::string("AUTH hunter2\r\n")}) {
    RespReader reader(kRespMost, "hunter2");
    reader.take(echo);
    const auto reply = reader.next();
    REQUIRE_FALSE(reply);
    CHECK(reply.error().text.find("this is not Redis") != std::string::npos);
    CHECK(reply.error().text.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("redis: INFO under redis_exporter's names") {
  const auto samples = redis_samples(
      "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrole:master\r\n"
      "# Memory\r\nused_memory:1048576\r\nused_memory_human:1.00M\r\nmaxmemory:0\r\n"
      "maxmemory_policy:noeviction\r\ntotal_system_memory:8000000000\r\n"
      "rdb_last_bgsave_status:err\r\naof_last_write_status:ok\r\nevicted_keys:7\r\n"
      "used_cpu_sys:1.25\r\nerrorstat_WRONGPASS:count=3\r\nexpired_stale_perc:2.50\r\n"
      "db0:keys=5,expires=1,avg_ttl=2500\r\ndbx:1\r\n"
      "slave0:ip=10.0.0.2,port=6379,state=online,offset=90,lag=1\r\nslave_priority:100\r\n");
  CHECK(samples.at("redis_memory_used_bytes{}") == "1048576");
  CHECK(samples.at("redis_memory_max_bytes{}") == "0");
  CHECK(samples.at("redis_total_system_memory_bytes{}") == "8000000000");
  CHECK(samples.at("redis_rdb_last_bgsave_status{}") == "0");
  CHECK(samples.at("redis_aof_last_write_status{}") == "1");
  CHECK(samples.at("redis_evicted_keys_total{}") == "7");
  CHECK(samples.at("redis_cpu_sys_seconds_total{}") == "1.25");
  CHECK(samples.at("redis_errors_total{err=\"WRONGPASS\",}") == "3");
  CHECK(samples.at("redis_db_keys{db=\"db0\",}") == "5");
  CHECK(samples.at("redis_db_avg_ttl_seconds{db=\"db0\",}") == "2.5");
  CHECK(samples.at("redis_connected_slave_lag_seconds{slave_ip=\"10.0.0.2\",slave_port=\"6379\","
                   "slave_state=\"online\",}") == "1");
  CHECK(samples.at("redis_slave_priority{}") == "100");
  CHECK(samples.at("redis_instance_info{maxmemory_policy=\"noeviction\",redis_mode=\"standalone\","
                   "redis_version=\"7.0.15\",role=\"master\",}") == "1");
  CHECK(samples.size() == 16);
}

TEST_CASE("redis: a replica's link to its master; nonsense is no sample") {
  const auto samples = redis_samples(
      "redis_version:7\nrole:slave\nmaster_host:10.0.0.1\nmaster_port:6379\nmaster_link_status:"
      "down\n"
      "master_last_io_seconds_ago:-1\nused_memory:plenty\nmaxmemory:\n");
  const std::string master = "{master_host=\"10.0.0.1\",master_port=\"6379\",}";
  CHECK(samples.at("redis_master_link_up" + master) == "0");
  CHECK(samples.at("redis_master_last_io_seconds_ago" + master) == "-1");
  CHECK_FALSE(samples.contains("redis_memory_used_bytes{}"));
  CHECK_FALSE(samples.contains("redis_memory_max_bytes{}"));
  Exposition none;
  CHECK_FALSE(add_redis_info("hello\r\nmode:other\r\n", none));
}

// Risk: a line of the kernel's that is cut short, new, or odd yields a wrong figure in silence.
#include <doctest/doctest.h>

#include <string>

#include "sources/host/cpu.hpp"
#include "sources/host/disk.hpp"
#include "sources/host/hwmon_names.hpp"
#include "sources/host/kernel.hpp"
#include "sources/host/memory.hpp"
#include "sources/host/network.hpp"

using namespace tocsin;
using namespace tocsin::sources;
using namespace tocsin::sources::host;

namespace {

bool has(const Exposition& out, const std::string& line) {
  const std::string text = "\n" + out.text();
  CAPTURE(text);
  return text.find("\n" + line + "\n") != std::string::npos;
}

bool is_corrupt(const Result<void>& result) {
  return !result && result.error().code == ErrorCode::corrupt;
}

}  // namespace

TEST_CASE("cpu: ticks become seconds, guest time stays in user time") {
  const auto times =
      parse_cpu_times("cpu  10 0 0 0\ncpu0 1000 200 300 4000 50 6 7 8 90 10\nintr 1 2\n", 100);
  REQUIRE(times.has_value());
  REQUIRE(times->size() == 1);
  Exposition out;
  cpu_times(*times, out);
  CHECK(has(out, "node_cpu_seconds_total{cpu=\"0\",mode=\"user\"} 10"));
  CHECK(has(out, "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 40"));
  CHECK(has(out, "node_cpu_seconds_total{cpu=\"0\",mode=\"steal\"} 0.08"));
  CHECK(has(out, "node_cpu_guest_seconds_total{cpu=\"0\",mode=\"user\"} 0.9"));
  CHECK(has(out, "node_cpu_guest_seconds_total{cpu=\"0\",mode=\"nice\"} 0.1"));
}

TEST_CASE("cpu: lines cut short or misnamed are refused, columns that old kernels lack are 0") {
  CHECK(parse_cpu_times("cpu0 1 2 3 4\n", 100).has_value());
  CHECK_FALSE(parse_cpu_times("cpu0 1 2 3\n", 100).has_value());
  CHECK_FALSE(parse_cpu_times("cpu0 1 2 3 x\n", 100).has_value());
  CHECK_FALSE(parse_cpu_times("cpuX 1 2 3 4\n", 100).has_value());
  CHECK_FALSE(parse_cpu_times("cpu 1 2 3 4\n", 100).has_value());
  CHECK_FALSE(parse_cpu_times("", 100).has_value());
}

TEST_CASE("cpu: small steps back do not reach a counter, a CPU that was put back starts anew") {
  CpuHistory history;
  const auto read = [](double user, double idle, double iowait) {
    CpuTimes times{};
    times[static_cast<std::size_t>(CpuMode::user)] = user;
    times[static_cast<std::size_t>(CpuMode::idle)] = idle;
    times[static_cast<std::size_t>(CpuMode::iowait)] = iowait;
    return std::map<std::string, CpuTimes>{{"0", times}};
  };
  CHECK(history.steady(read(10, 100, 5)) == read(10, 100, 5));
  CHECK(history.steady(read(11, 99.5, 4)) == read(11, 100, 5));
  CHECK(history.steady(read(12, 100.5, 4.5)) == read(12, 100.5, 5));
  CHECK(history.steady(read(1, 2, 3)) == read(1, 2, 3));
}

TEST_CASE("meminfo: kilobytes become bytes, counts stay, brackets go") {
  Exposition out;
  REQUIRE(
      meminfo("MemTotal:        3742148 kB\nActive(anon):  2 kB\nHugePages_Total:       3\n", out));
  CHECK(has(out, "node_memory_MemTotal_bytes 3831959552"));
  CHECK(has(out, "node_memory_Active_anon_bytes 2048"));
  CHECK(has(out, "node_memory_HugePages_Total 3"));
  CHECK(has(out, "# TYPE node_memory_HugePages_Total gauge"));
}

TEST_CASE("meminfo: hostile text") {
  Exposition out;
  CHECK(is_corrupt(meminfo("MemTotal:\n", out)));
  CHECK(is_corrupt(meminfo("MemTotal: many kB\n", out)));
  CHECK_FALSE(meminfo("", out).has_value());
  REQUIRE(meminfo("a b{\"}: 1 kB\n", out));
  CHECK(has(out, "node_memory_a_b____bytes 1024"));
}

TEST_CASE("loadavg: three averages or none") {
  Exposition out;
  REQUIRE(loadavg("0.21 0.37 0.39 1/719 19737\n", out));
  CHECK(has(out, "node_load15 0.39"));
  Exposition none;
  CHECK(is_corrupt(loadavg("0.21 0.37", none)));
  CHECK(is_corrupt(loadavg("0.21 zero 0.39", none)));
}

TEST_CASE("stat: the figures, and of the interrupts only their sum") {
  Exposition out;
  REQUIRE(
      stat("cpu0 1 2 3 4\nintr 88 17 0 0\nctxt 5\nbtime 1418183276\nprocesses 9\n"
           "procs_running 2\nprocs_blocked 1\nsoftirq 10 1 2 3\n",
           Options(), out));
  CHECK(has(out, "node_intr_total 88"));
  CHECK(has(out, "node_context_switches_total 5"));
  CHECK(has(out, "node_boot_time_seconds 1418183276"));
  CHECK(has(out, "node_forks_total 9"));
  CHECK(has(out, "node_procs_running 2"));
  CHECK(has(out, "node_procs_blocked 1"));
  CHECK(has(out, "node_softirqs_total{vector=\"net_tx\"} 3"));
  Exposition none;
  CHECK(is_corrupt(stat("ctxt lots\n", Options(), none)));
  CHECK_FALSE(stat("btime\n", Options(), none).has_value());
}

TEST_CASE("diskstats: sectors are 512 bytes, times milliseconds, new columns only where they are") {
  Exposition out;
  const auto devices = diskstats(
      "   8 0 sda 1 2 3 4000 5 6 7 8000 9 10000 11000\n"
      " 259 0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15000 16 17000 99\n",
      Options(), out);
  REQUIRE(devices.has_value());
  REQUIRE(devices->size() == 2);
  CHECK((*devices)[1].major == "259");
  CHECK(has(out, "node_disk_read_bytes_total{device=\"sda\"} 1536"));
  CHECK(has(out, "node_disk_written_bytes_total{device=\"sda\"} 3584"));
  CHECK(has(out, "node_disk_io_time_seconds_total{device=\"sda\"} 10"));
  CHECK(has(out, "node_disk_io_now{device=\"sda\"} 9"));
  CHECK(has(out, "node_disk_discarded_sectors_total{device=\"nvme0n1\"} 14"));
  CHECK(has(out, "node_disk_discard_time_seconds_total{device=\"nvme0n1\"} 15"));
  CHECK(has(out, "node_disk_flush_requests_time_seconds_total{device=\"nvme0n1\"} 17"));
  CHECK(out.text().find("discards_completed_total{device=\"sda\"}") == std::string::npos);
}

TEST_CASE("diskstats: excluded devices are not told, broken lines refuse the file") {
  Options options;
  options.exclude_disks = Pattern::built_in("^loop\\d+$");
  Exposition out;
  const auto devices = diskstats("7 0 loop0 0 0 0 0 0 0 0 0 0 0 0\n", options, out);
  REQUIRE(devices.has_value());
  CHECK(devices->empty());
  CHECK(out.text().empty());
  CHECK_FALSE(diskstats("8 0 sda 1 2 3\n", options, out).has_value());
  CHECK_FALSE(diskstats("8 0 sda 1 2 3 4 5 6 7 8 9 x 11\n", options, out).has_value());
}

TEST_CASE("netdev: a name ends at its last colon and may touch its number") {
  Exposition out;
  REQUIRE(
      netdev("Inter-|   Receive\n face |bytes\n"
             "ibr10:30:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
             " \xf0\x9f\x92\xa9"
             "0: 21 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
             Options(), out));
  CHECK(has(out, "node_network_receive_bytes_total{device=\"ibr10:30\"} 1"));
  CHECK(has(out, "node_network_receive_multicast_total{device=\"ibr10:30\"} 8"));
  CHECK(has(out, "node_network_transmit_colls_total{device=\"ibr10:30\"} 14"));
  CHECK(has(out,
            "node_network_receive_bytes_total{device=\"\xf0\x9f\x92\xa9"
            "0\"} 21"));
  Exposition none;
  CHECK(is_corrupt(netdev("eth0: 1 2 3\n", Options(), none)));
  CHECK(is_corrupt(netdev("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 x\n", Options(), none)));
}

TEST_CASE("netstat: names over values, only those that are wanted, as untyped") {
  FieldPattern wanted(Options().netstat_fields);
  Exposition out;
  REQUIRE(netstat("Tcp: RtoMin CurrEstab\nTcp: 200 7\nUdp: NoPorts\nUdp: 3\n", wanted, out));
  REQUIRE(snmp6("Ip6InReceives 7\nUdp6NoPorts \t 4\n", wanted, out));
  CHECK(has(out, "# TYPE node_netstat_Tcp_CurrEstab untyped"));
  CHECK(has(out, "node_netstat_Tcp_CurrEstab 7"));
  CHECK(has(out, "node_netstat_Udp_NoPorts 3"));
  CHECK(has(out, "node_netstat_Udp6_NoPorts 4"));
  CHECK(out.text().find("RtoMin") == std::string::npos);
  Exposition again;
  REQUIRE(netstat("Tcp: RtoMin CurrEstab\nTcp: 200 8\n", wanted, again));
  CHECK(has(again, "node_netstat_Tcp_CurrEstab 8"));
  CHECK(again.text().find("RtoMin") == std::string::npos);
  CHECK(is_corrupt(netstat("Tcp: A B\nTcp: 1\n", wanted, out)));
  CHECK(is_corrupt(netstat("Tcp: A\nUdp: 1\n", wanted, out)));
  CHECK(is_corrupt(netstat("Tcp: A\n", wanted, out)));
  CHECK(is_corrupt(snmp6("Udp6NoPorts\n", wanted, out)));
}

TEST_CASE("sockstat: memory is in pages") {
  Exposition out;
  REQUIRE(sockstat("sockets: used 229\nTCP: inuse 4 mem 3\nFRAG: inuse 0 memory 5\n", 4096, out));
  CHECK(has(out, "node_sockstat_sockets_used 229"));
  CHECK(has(out, "node_sockstat_TCP_mem 3"));
  CHECK(has(out, "node_sockstat_TCP_mem_bytes 12288"));
  CHECK(has(out, "node_sockstat_FRAG_memory 5"));
  CHECK(out.text().find("FRAG_memory_bytes") == std::string::npos);
  CHECK(is_corrupt(sockstat("TCP: inuse\n", 4096, out)));
  CHECK(is_corrupt(sockstat("TCP inuse 4\n", 4096, out)));
}

TEST_CASE("softnet: hexadecimal, by the CPU's own number where the kernel gives it") {
  Exposition out;
  REQUIRE(softnet("000000ff 1 2 0 0 0 0 0 3 4 5 6 00000007\n", out));
  CHECK(has(out, "node_softnet_processed_total{cpu=\"7\"} 255"));
  CHECK(has(out, "node_softnet_backlog_len{cpu=\"7\"} 6"));
  Exposition old;
  REQUIRE(softnet("1 0 0\n2 0 0\n", old));
  CHECK(has(old, "node_softnet_processed_total{cpu=\"1\"} 2"));
  CHECK(old.text().find("backlog") == std::string::npos);
  CHECK(is_corrupt(softnet("xyz 0 0\n", old)));
}

TEST_CASE("pressure: microseconds; only what can be") {
  Exposition out;
  REQUIRE(pressure("io", "some avg10=0.18 total=159886802\nfull avg10=0 total=1000000\n", out));
  CHECK(has(out, "node_pressure_io_waiting_seconds_total 159.886802"));
  CHECK(has(out, "node_pressure_io_stalled_seconds_total 1"));
  Exposition cpu;
  REQUIRE(pressure("cpu", "some total=2000000\nfull total=0\n", cpu));
  CHECK(has(cpu, "node_pressure_cpu_waiting_seconds_total 2"));
  CHECK(cpu.text().find("stalled") == std::string::npos);
  CHECK(is_corrupt(pressure("io", "some avg10=0.18\n", cpu)));
  CHECK(is_corrupt(pressure("io", "some total=x\n", cpu)));
}

TEST_CASE("vmstat: the wanted fields, as untyped") {
  FieldPattern wanted(Options().vmstat_fields);
  Exposition out;
  REQUIRE(vmstat("nr_free_pages 1\noom_kill 2\npgfault 3\n", wanted, out));
  CHECK(has(out, "node_vmstat_oom_kill 2"));
  CHECK(has(out, "# TYPE node_vmstat_pgfault untyped"));
  CHECK(out.text().find("nr_free") == std::string::npos);
  CHECK(is_corrupt(vmstat("pgfault\n", wanted, out)));
}

TEST_CASE("filefd: three numbers or none") {
  Exposition out;
  REQUIRE(filefd("1024\t0\t1631329\n", out));
  CHECK(has(out, "node_filefd_allocated 1024"));
  CHECK(has(out, "node_filefd_maximum 1631329"));
  CHECK(is_corrupt(filefd("1024\t0\n", out)));
}

TEST_CASE("os-release: quotes are taken off, the version is a number too") {
  Exposition out;
  REQUIRE(os_release("# c=1\nNAME=\"A \\\"B\\\"\"\nID=debian\nVERSION_ID='12.4.1'\n", out));
  CHECK(has(out, "node_os_info{id=\"debian\",name=\"A \\\"B\\\"\",version_id=\"12.4.1\"} 1"));
  CHECK(has(out, "node_os_version{id=\"debian\",name=\"A \\\"B\\\"\"} 12.4"));
  Exposition none;
  CHECK_FALSE(os_release("", none).has_value());
}

TEST_CASE("arp and udp: counted and summed; lines cut short are refused") {
  Exposition out;
  REQUIRE(arp("IP address HW type\n10.0.0.1 0x1 0x2 aa * eth0\n10.0.0.2 0x1 0x2 aa * eth0\n",
              Options(), out));
  CHECK(has(out, "node_arp_entries{device=\"eth0\"} 2"));
  CHECK(is_corrupt(arp("IP\n10.0.0.1 0x1\n", Options(), out)));
  REQUIRE(udp_queues("sl\n 0: 0:16 0:0 0A 00000015:00000001\n 1: 0:17 0:0 0A 1:1\n", "v4", out));
  CHECK(has(out, "node_udp_queues{ip=\"v4\",queue=\"tx\"} 22"));
  CHECK(has(out, "node_udp_queues{ip=\"v4\",queue=\"rx\"} 2"));
  CHECK(is_corrupt(udp_queues("sl\n 0: 0:16 0:0 0A 15\n", "v4", out)));
}

TEST_CASE("hwmon: a file's name gives sensor, unit and factor") {
  CHECK(*parse_sensor_file("temp12_crit_alarm") == SensorFile{"temp", "temp12", "crit_alarm"});
  CHECK_FALSE(parse_sensor_file("name"));
  CHECK_FALSE(parse_sensor_file("pwm1_enable"));
  CHECK_FALSE(parse_sensor_file("bogus1_input"));
  CHECK_FALSE(parse_sensor_file("temp1x"));
  CHECK_FALSE(parse_sensor_file(""));
  const auto name = [](std::string_view file) { return metric_of(*parse_sensor_file(file)).name; };
  CHECK(name("temp1_input") == "node_hwmon_temp_celsius");
  CHECK(name("temp1_crit_alarm") == "node_hwmon_temp_crit_alarm_celsius");
  CHECK(name("temp1_alarm") == "node_hwmon_temp_alarm");
  CHECK(name("in0_min") == "node_hwmon_in_min_volts");
  CHECK(name("fan1_input") == "node_hwmon_fan_rpm");
  CHECK(name("fan1_pulses") == "node_hwmon_fan_pulses");
  CHECK(name("in0_beep") == "node_hwmon_in_beep_enabled");
  CHECK(metric_of(*parse_sensor_file("power1_input")).factor == 1e-6);
  CHECK(chip_word("asus-nb-wmi.") == "asus_nb_wmi");
}

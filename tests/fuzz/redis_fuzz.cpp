// Any bytes as what a Redis server says, in pieces, and its replies as its INFO. Whatever it says,
// the metrics that are made of it are a body that the store takes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sources/redis_info.hpp"
#include "sources/resp.hpp"
#include "tocsin/base/check.hpp"
#include "tocsin/series/store.hpp"

using namespace tocsin;
using namespace tocsin::sources;

namespace {

void take_info(std::string_view info) {
  Exposition exposition;
  static_cast<void>(add_redis_info(info, exposition));
  series::Store store;
  store.set_target(TargetId(1), {.labels = {{"job", "fuzz"}}});
  const series::Ingested got =
      store.ingest(TargetId(1), BootTime(seconds(60)), exposition.text(), ExpositionFormat::text);
  TOCSIN_CHECK(!got.error);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = std::max<std::size_t>(1, data[0]);
  constexpr std::size_t kMost = 4096;
  RespReader reader(kMost);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.take(bytes.substr(at, piece));
    for (;;) {
      const auto reply = reader.next();
      if (!reply) return take_info(bytes), 0;
      if (!*reply) break;
      TOCSIN_CHECK((*reply)->text.size() <= kMost);
      take_info((*reply)->text);
    }
  }
  take_info(bytes);
  return 0;
}

#include "storage/answer_cache.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "storage/codec.hpp"
#include "storage/segment_codec.hpp"

namespace tocsin::storage {

Result<AnswerCache> AnswerCache::open(const std::string& path) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  auto database = Database::open(path, Database::Access::read_write);
  if (!database) return tl::unexpected(database.error().within(path));
  const auto made = database->execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "CREATE TABLE IF NOT EXISTS answer("
      "question TEXT PRIMARY KEY, series TEXT NOT NULL, chunks BLOB NOT NULL) WITHOUT ROWID;");
  if (!made) return tl::unexpected(made.error().within(path));
  return AnswerCache(std::move(*database));
}

Result<std::optional<std::vector<CachedSeries>>> AnswerCache::find(const std::string& question) {
  auto row = database_.prepare("SELECT series, chunks FROM answer WHERE question = ?");
  if (!row) return tl::unexpected(row.error());
  row->bind(1, std::string_view(question));
  const auto there = row->step();
  if (!there) return tl::unexpected(there.error());
  if (!*there) return std::optional<std::vector<CachedSeries>>();
  std::vector<CachedSeries> answer;
  std::string_view names = row->text(0);
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('\n'), names.size());
    auto entry = decode<series::SeriesEntry>(names.substr(0, end));
    if (!entry) return tl::unexpected(entry.error());
    answer.push_back({std::move(entry->labels), {}});
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  auto chunks = decode_chunks(row->bytes(1));
  if (!chunks) return tl::unexpected(chunks.error());
  std::vector<CachedSeries> all;
  for (series::NumberedChunk& next : *chunks) {
    if (next.number >= answer.size()) {
      return fail(ErrorCode::corrupt, "the cache names a series that it does not have");
    }
    all.push_back({answer[next.number].labels, std::move(next.chunk)});
  }
  return std::optional(std::move(all));
}

Result<void> AnswerCache::keep(const std::string& question,
                               const std::vector<CachedSeries>& answer) {
  std::string names;
  std::vector<series::NumberedChunk> chunks;
  std::uint32_t number = 0;
  const Labels* last = nullptr;
  for (const CachedSeries& each : answer) {
    if (last != nullptr && *last != each.labels) ++number;
    if (last == nullptr || *last != each.labels) {
      names += encode(series::SeriesEntry{number, "", false, each.labels}) + "\n";
    }
    last = &each.labels;
    chunks.push_back({number, each.chunk});
  }
  auto row = database_.prepare("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)");
  if (!row) return tl::unexpected(row.error());
  return row->bind(1, std::string_view(question))
      .bind(2, std::string_view(names))
      .bind_bytes(3, encode_chunks(chunks))
      .run();
}

}  // namespace tocsin::storage

// Small files, read whole. What is no regular file (a FIFO, a device, a folder) is refused: it
// might have no end, or wait for a writer.
#pragma once

#include <cstddef>
#include <string>

#include "tocsin/base/result.hpp"

namespace tocsin::loop {

struct FileContent {
  std::string text;
  bool writable_by_others = false;
};

/// At most `most` bytes. Blocks for as long as the file system does. The error does not name the
/// path.
[[nodiscard]] Result<FileContent> read_file(const std::string& path, std::size_t most);
/// For the loop: a file system that does not answer (a dead network mount) costs it a quarter of a
/// second once, and nothing more until that read has come back.
[[nodiscard]] Result<FileContent> read_file_promptly(const std::string& path, std::size_t most);

}  // namespace tocsin::loop

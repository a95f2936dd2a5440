// Files below a root folder: /proc, /sys, or a test's copy of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"

namespace tocsin::sources::host {

/// Every call opens what it reads: any thread. What the kernel does not offer here (ENOENT,
/// EOPNOTSUPP, ENODATA) fails as `not_found`.
class Tree {
 public:
  explicit Tree(std::string root);

  [[nodiscard]] Result<std::string> read(std::string_view path) const;
  /// The content without blanks around it, or nothing where it cannot be read.
  [[nodiscard]] std::optional<std::string> value(std::string_view path) const;
  [[nodiscard]] std::optional<double> number(std::string_view path) const;
  /// The names in a folder, sorted.
  [[nodiscard]] Result<std::vector<std::string>> list(std::string_view path) const;
  /// The path with every link followed.
  [[nodiscard]] std::optional<std::string> resolved(std::string_view path) const;
  [[nodiscard]] bool exists(std::string_view path) const;
  [[nodiscard]] std::string path(std::string_view below) const;

 private:
  std::string root_;
};

/// A folder of sysfs whose attributes are read one after the other: the way to it is walked once.
class OpenFolder {
 public:
  OpenFolder(const Tree& tree, std::string_view path);
  ~OpenFolder();
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;

  /// As Tree::value(); also nothing where there is no such folder.
  [[nodiscard]] std::optional<std::string> value(const std::string& attribute) const;

 private:
  int fd_;
};

/// "FOLDER/NAME".
[[nodiscard]] std::string below(std::string_view folder, std::string_view name);

/// How the kernel hands a file over.
enum class Handing {
  /// Record by record: only a read that gives nothing tells the end.
  records,
  /// All that there is in one read, where the buffer has room: attributes of sysfs and sysctl, and
  /// what procfs makes as one record (seq_file's single_open).
  whole,
};

/// Files that are read every time: opened once and read from their start again and again. For names
/// that stay with what they name: a network device's folder goes along with its renaming, and so
/// would a file kept from it. One thread only.
class KeptFiles {
 public:
  explicit KeptFiles(const Tree& tree) : tree_(tree) {}
  ~KeptFiles();
  KeptFiles(const KeptFiles&) = delete;
  KeptFiles& operator=(const KeptFiles&) = delete;

  /// What is read from now on is news; within a round each file is read once.
  void next_round() { ++round_; }
  /// Valid until the next round.
  [[nodiscard]] Result<std::string_view> read(std::string_view path,
                                              Handing handing = Handing::records);
  /// As Tree::value(), of a file that is handed over whole.
  [[nodiscard]] std::optional<std::string_view> value(std::string_view path);

 private:
  struct Kept {
    int fd = -1;
    std::uint64_t round = 0;
    std::string content;
  };
  const Tree& tree_;
  std::map<std::string, Kept, std::less<>> files_;
  std::uint64_t round_ = 1;
};

}  // namespace tocsin::sources::host

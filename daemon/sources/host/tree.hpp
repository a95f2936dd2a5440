// Files below a root folder: /proc, /sys, or a test's copy of them.
#pragma once

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

/// Files that are read every time: opened once and read from their start again and again. One
/// thread only.
class KeptFiles {
 public:
  explicit KeptFiles(const Tree& tree) : tree_(tree) {}
  ~KeptFiles();
  KeptFiles(const KeptFiles&) = delete;
  KeptFiles& operator=(const KeptFiles&) = delete;

  /// Valid until the same file is read again.
  [[nodiscard]] Result<std::string_view> read(std::string_view path);

 private:
  struct Kept {
    int fd = -1;
    std::string content;
  };
  const Tree& tree_;
  std::map<std::string, Kept, std::less<>> files_;
};

}  // namespace tocsin::sources::host

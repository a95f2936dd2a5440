#include "receivers/console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

#include "receivers/wording.hpp"

namespace tocsin::receivers {
namespace {

using loop::log::Style;

constexpr std::string_view kConsoleName = "console";
constexpr std::size_t kNameBytesMost = 100;

std::string_view color_of(const Notice& notice) {
  switch (notice.kind) {
    case NoticeKind::closed:
      return "\x1b[1;32m";
    case NoticeKind::acknowledged:
    case NoticeKind::test:
    case NoticeKind::change:
    case NoticeKind::summary:
      return "\x1b[1;36m";
    default:
      return notice.severity == Severity::critical ? "\x1b[1;31m" : "\x1b[1;33m";
  }
}

/// syslog's priority: what is over or in hand is no warning.
char priority_of(const Notice& notice) {
  if (notice.kind == NoticeKind::closed || notice.kind == NoticeKind::acknowledged ||
      notice.kind == NoticeKind::test || notice.severity == Severity::info) {
    return '5';
  }
  return notice.severity == Severity::critical ? '2' : '4';
}

Result<void> write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(descriptor, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return fail(ErrorCode::unavailable, std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

}  // namespace

std::string console_text(const Delivery& delivery, Style style, std::string_view program) {
  const Notice& notice = delivery.notice;
  const std::string head = mark(notice);
  std::string out;
  const std::string prefix =
      style == Style::journal ? fmt::format("<{}>", priority_of(notice)) : "";
  const std::string when = style == Style::plain ? format_rfc3339(notice.at)
                                                 : format_clock(notice.at, notice.shown.zone);
  out += prefix;
  if (style != Style::journal) out += when + " ";
  out += led_by(style == Style::color_terminal && !head.empty()
                    ? fmt::format("{}{}\x1b[0m", color_of(notice), head)
                    : head,
                notice);
  // Several receivers may write to one terminal: each notice says whom it is for.
  if (delivery.receiver != kConsoleName) out += " → " + one_line(delivery.receiver, kNameBytesMost);
  out += "\n";
  const bool on_a_screen = style == Style::terminal || style == Style::color_terminal;
  // Journals and files are read, and kept, by others than those who may acknowledge.
  Notice told = notice;
  if (!on_a_screen) told.acknowledge_url.clear();
  for (const std::string& line : plain_lines(told, program)) {
    out.append(prefix).append("    ").append(line).append("\n");
  }
  return out;
}

Console::Console(boost::asio::any_io_executor loop, Duration timeout, int descriptor,
                 std::string program)
    : timeout_(timeout),
      descriptor_(descriptor),
      program_(std::move(program)),
      writer_(std::move(loop), {.threads = 1, .abandoned_threads = 1}) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that has gone is an error to report, no more
}

void Console::deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) {
  const std::string text = console_text(delivery, loop::log::style_of(descriptor_), program_);
  const std::function<Result<void>()> write = [text, to = descriptor_] {
    return write_all(to, text);
  };
  writer_.submit<Result<void>>(
      "console", write, timeout_,
      [tell = std::move(done)](loop::JobEnd end, std::optional<Result<void>> result) {
        DeliveryOutcome out;
        if (end == loop::JobEnd::finished && result->has_value()) {
          out.detail = "written";
        } else {
          out.result = DeliveryResult::retryable;
          out.may_have_arrived = end == loop::JobEnd::timed_out;
          out.detail = end == loop::JobEnd::finished ? "cannot write: " + result->error().text
                                                     : "standard output takes nothing";
        }
        tell(out);
      });
}

}  // namespace tocsin::receivers

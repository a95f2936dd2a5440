#include "app/acknowledge_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "receivers/wording.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace {

constexpr std::size_t kAlertsNamed = 5;
constexpr std::size_t kShownMost = 500;

std::string shown(std::string_view text) {
  return html_escaped(receivers::one_line(text, kShownMost));
}

std::string page(std::string_view title, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>{}</title>\n<style>{}</style></head>\n"
      "<body><main>\n{}</main></body></html>\n",
      shown(title), acknowledge_style(), body);
}

std::string_view look(const Notice& notice) {
  if (notice.kind == NoticeKind::closed) return "well";
  return notice.severity == Severity::critical  ? "critical"
         : notice.severity == Severity::warning ? "warning"
                                                : "info";
}

std::string of_incident(const Notice& notice) {
  std::string out = fmt::format("<section class=\"{}\">\n<h2>{}</h2>\n<p class=\"small\">",
                                look(notice), shown(receivers::headline(notice)));
  bool first = true;
  for (const receivers::Fact& fact : receivers::facts(notice)) {
    out += fmt::format("{}{}: {}", first ? "" : "<br>", shown(fact.name), shown(fact.value));
    first = false;
  }
  out += "</p>\n";
  const bool said = notice.alerts.size() == 1 && notice.alerts.front().summary == notice.title;
  const std::size_t named = said ? 0 : std::min(notice.alerts.size(), kAlertsNamed);
  if (named > 0) out += "<ul>\n";
  for (std::size_t i = 0; i < named; ++i)
    out += fmt::format("<li>{}</li>\n", shown(receivers::alert_line(notice.alerts[i], notice)));
  if (named > 0) {
    const std::string more = receivers::unlisted(notice, named);
    if (!more.empty()) out += fmt::format("<li>{}</li>\n", shown(more));
    out += "</ul>\n";
  }
  if (const std::string next = receivers::next_line(notice); !next.empty())
    out += fmt::format("<p>{}</p>\n", shown(next));
  if (const std::string runbook = receivers::safe_url(notice.runbook); !runbook.empty())
    out += fmt::format("<p><a rel=\"noreferrer\" href=\"{}\">Runbook</a></p>\n",
                       html_escaped(runbook));
  return out + "</section>\n";
}

}  // namespace

std::string acknowledge_form(const Notice& notice, Duration lasts, std::string_view complaint) {
  std::string body = of_incident(notice);
  if (!complaint.empty()) body += fmt::format("<p class=\"complaint\">{}</p>\n", shown(complaint));
  body += fmt::format(
      "<form method=\"post\">\n<label for=\"name\">Your name</label>\n"
      "<input id=\"name\" name=\"name\" autocomplete=\"name\" maxlength=\"60\" required>\n"
      "<button>I have it in hand</button>\n"
      "<p class=\"small\">For {}, it climbs no further and rings nobody again, unless it gets "
      "worse. Your name is kept with the incident.</p>\n</form>\n",
      humanize_duration(lasts));
  return page("Acknowledge: " + receivers::headline(notice), body);
}

std::string acknowledge_said(std::string_view heading, std::string_view text,
                             const Notice* notice) {
  std::string body = fmt::format("<h1>{}</h1>\n<p>{}</p>\n", shown(heading), shown(text));
  if (notice != nullptr) body += of_incident(*notice);
  return page(heading, body);
}

std::string_view acknowledge_style() {
  return R"(:root{color-scheme:light dark;font:17px/1.45 system-ui,sans-serif}
body{margin:0}
main{max-width:34rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem;margin:.2rem 0}
h2{font-size:1.2rem;line-height:1.3;margin:0 0 .6rem}
section{border-left:6px solid #36a2eb;padding:.1rem 0 .1rem .8rem;margin:1rem 0;overflow-wrap:anywhere}
.critical{border-color:#d92d20}
.warning{border-color:#f79009}
.well{border-color:#2eb67d}
ul{padding-left:1.1rem}
.small{font-size:.88rem;opacity:.8}
.complaint{color:#d92d20;font-weight:600}
label{display:block;font-weight:600;margin-bottom:.3rem}
input,button{font:inherit;width:100%;box-sizing:border-box;padding:.75rem;border-radius:.5rem;border:1px solid #8888}
button{margin-top:.8rem;border:0;background:#1264a3;color:#fff;font-weight:600}
)";
}

}  // namespace tocsin::app

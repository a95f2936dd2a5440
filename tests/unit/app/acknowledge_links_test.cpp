// Risk: a stranger acknowledges, a link does so for another incident or for ever, or the key leaks.
#include "app/acknowledge_links.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "app/acknowledge_page.hpp"
#include "receivers/sample_notice.hpp"
#include "support/temporary_folder.hpp"

using namespace tocsin;
using namespace tocsin::app;
using namespace std::chrono_literals;
using testing::TemporaryFolder;

namespace {

const std::string kAckKey = "0123456789abcdef0123456789abcdef0123456789a=";

config::Listen outside() {
  config::Listen listen;
  listen.external_url = "https://tocsin.example.com/on/web-1";
  listen.link_expires = 1h;
  return listen;
}

std::string token_of(const std::string& link) {
  return link.substr(link.rfind('/') + 1);
}

}  // namespace

TEST_CASE("acknowledge link: it names its incident until it expires") {
  const AcknowledgeLinks links(outside(), kAckKey);
  const Notice notice = receivers::sample_notice(NoticeKind::opened).notice;
  const std::string link = links.link_for(notice, notice.at);
  CHECK(link.starts_with("https://tocsin.example.com/on/web-1/ack/17."));
  CHECK(link.size() < 160);
  const auto read = links.read(token_of(link), notice.at + 59min);
  REQUIRE(read);
  CHECK(read->incident == IncidentId(17));
  CHECK(read->opened == notice.opened);
  CHECK_FALSE(read->expired);
  CHECK(links.read(token_of(link), notice.at + 1h)->expired);
}

TEST_CASE("acknowledge link: whatever is changed in it, it is none of ours") {
  const AcknowledgeLinks links(outside(), kAckKey);
  const Notice notice = receivers::sample_notice(NoticeKind::opened).notice;
  const std::string token = token_of(links.link_for(notice, notice.at));
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (const char other : {'0', '7', 'A', '.', '-'}) {
      std::string changed = token;
      changed[at] = other;
      if (changed == token) continue;
      CAPTURE(changed);
      const auto read = links.read(changed, notice.at);
      REQUIRE_FALSE(read);
      CHECK(read.error().code == ErrorCode::denied);
    }
    CHECK_FALSE(links.read(token.substr(0, at), notice.at));
  }
  CHECK_FALSE(links.read(token + "A", notice.at));
  CHECK_FALSE(links.read("", notice.at));
  CHECK_FALSE(links.read("....", notice.at));
  CHECK_FALSE(links.read(std::string(100'000, '.'), notice.at));
  const AcknowledgeLinks others(outside(), "another key");
  CHECK_FALSE(others.read(token, notice.at));
}

TEST_CASE("acknowledge link: only what waits for a person carries one") {
  const AcknowledgeLinks links(outside(), kAckKey);
  for (int i = 0; i < kNoticeKinds; ++i) {
    const Notice notice = receivers::sample_notice(static_cast<NoticeKind>(i)).notice;
    const bool waits = is_of_incident(notice.kind) && notice.kind != NoticeKind::acknowledged &&
                       notice.kind != NoticeKind::closed;
    CAPTURE(to_string(notice.kind));
    CHECK(links.link_for(notice, notice.at).empty() != waits);
  }
  const Notice opened = receivers::sample_notice(NoticeKind::opened).notice;
  CHECK(AcknowledgeLinks(config::Listen(), kAckKey).link_for(opened, opened.at).empty());
  CHECK_FALSE(AcknowledgeLinks().read("17.1.2.x", opened.at));
}

TEST_CASE("acknowledge key: made once, for nobody else to read; what is no key is replaced") {
  const TemporaryFolder folder;
  const auto first = acknowledge_key(folder.path());
  REQUIRE(first);
  struct stat status {};
  REQUIRE(stat((folder / "acknowledge.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(*acknowledge_key(folder.path()) == *first);
  std::ofstream(folder / "acknowledge.key") << "short\n";
  const auto second = acknowledge_key(folder.path());
  REQUIRE(second);
  CHECK(*second != *first);
  CHECK(*acknowledge_key(folder.path()) == *second);
  const auto nowhere = acknowledge_key(folder / "is/not/there");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().text.find("acknowledge.key") != std::string::npos);
}

TEST_CASE("acknowledge key: that others may read it is told") {
  const TemporaryFolder folder;
  CHECK_FALSE(exposed_key(folder.path()));
  REQUIRE(acknowledge_key(folder.path()));
  CHECK_FALSE(exposed_key(folder.path()));
  for (const unsigned mode : {0640U, 0604U, 0620U, 0602U}) {
    CAPTURE(mode);
    REQUIRE(chmod((folder / "acknowledge.key").c_str(), mode) == 0);
    const auto exposed = exposed_key(folder.path());
    REQUIRE(exposed);
    CHECK(exposed->level == config::Level::warning);
    CHECK(exposed->file == folder / "acknowledge.key");
  }
}

TEST_CASE("acknowledge page: nothing that a label holds is markup") {
  Notice notice = receivers::sample_notice(NoticeKind::opened, 3).notice;
  const std::string evil = "\"><script>alert(1)</script><img src=x onerror=y>'&\xe2\x80\xae\xff";
  notice.title = notice.host = notice.policy = evil;
  notice.runbook = "javascript:alert(1)";
  for (NoticeAlert& alert : notice.alerts) alert.summary = alert.value = evil;
  for (const std::string& page :
       {acknowledge_form(notice, 30min, evil), acknowledge_said(evil, evil, &notice)}) {
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find("<img") == std::string::npos);
    CHECK(page.find("javascript:") == std::string::npos);
    CHECK(page.find("\xe2\x80\xae") == std::string::npos);
    CHECK(page.find("alert(1)") != std::string::npos);
  }
}

TEST_CASE("acknowledge page: what is wrong, a name, one press") {
  const Notice notice = receivers::sample_notice(NoticeKind::opened, 7).notice;
  const std::string page = acknowledge_form(notice, 30min);
  CHECK(page.find("3.1 % of requests fail") != std::string::npos);
  CHECK(page.find("and 2 more") != std::string::npos);
  CHECK(page.find("<form method=\"post\">") != std::string::npos);
  CHECK(page.find("For 30 min,") != std::string::npos);
  CHECK(page.find("https://runbooks.example.com/checkout-errors") != std::string::npos);
}

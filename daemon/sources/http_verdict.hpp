// Whether an HTTP answer is a good one, and what it measures. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "loop/http_client.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/model/matcher.hpp"

namespace tocsin::sources {

struct ProbeVerdict {
  std::string reason;  ///< in a word, for a label: "bad_status"; "" where all is well
  std::string detail;  ///< the same for people
  bool by_regex = false;
  std::vector<std::pair<std::string, double>> gauges;  ///< of the JSON answer
  /// Why one of the gauges is not there. Missing numbers are no failure of the service.
  std::string gauge_trouble;
};

class ProbeJudge {
 public:
  /// Regular expressions that do not compile match nothing; validation has refused them.
  ProbeJudge(config::HttpExpectation expect, std::vector<config::JsonGauge> gauges);
  /// What it says quotes none of `secrets`.
  [[nodiscard]] ProbeVerdict judge(const loop::HttpClient::Answer& answer,
                                   const std::vector<std::string>& secrets) const;

 private:
  void judge_body(const loop::HttpResponse& response, const std::vector<std::string>& secrets,
                  ProbeVerdict& verdict) const;
  void read_json(const std::string& body, const std::vector<std::string>& secrets,
                 ProbeVerdict& verdict) const;

  config::HttpExpectation expect_;
  std::vector<config::JsonGauge> gauges_;
  std::optional<Matcher> matches_;
  std::optional<Matcher> matches_not_;
};

}  // namespace tocsin::sources

// What probes of the network give.
#pragma once

#include <array>

#include "tocsin/config/metrics.hpp"

namespace tocsin::config {

inline constexpr std::array kOfPing = {
    Metric{"ping_up", kGauge, "", "1 where any echo request was replied to."},
    Metric{"ping_loss_ratio", kGauge, "", "The share of requests without a reply."},
    Metric{"ping_rtt_seconds", kGauge, "quantile",
           "The way there and back, by quantile: 0, 0.5, 0.95, 1."},
    Metric{"ping_requests", kGauge, "", "Echo requests that were sent."},
    Metric{"ping_replies", kGauge, "", "Replies that came in time."},
    Metric{"ping_resolve_seconds", kGauge, "", "How long the name's resolution took."},
    Metric{"ping_failure_info", kGauge, "reason",
           "Why there was no reply; only while there is none, always 1."},
    Metric{"ping_method_info", kGauge, "address method",
           "How it was asked, and under which address; always 1."},
};

inline constexpr std::array kOfTcp = {
    Metric{"tcp_up", kGauge, "", "1 where the connection was taken."},
    Metric{"tcp_connect_seconds", kGauge, "", "How long the connection took."},
    Metric{"tcp_resolve_seconds", kGauge, "", "How long the name's resolution took."},
    Metric{"tcp_failure_info", kGauge, "reason",
           "Why there was no connection; only while there is none, always 1."},
};

inline constexpr std::array kOfDns = {
    Metric{"dns_up", kGauge, "", "1 where the answer came and is as expected."},
    Metric{"dns_query_seconds", kGauge, "", "From the question to the answer."},
    Metric{"dns_answer_records", kGauge, "", "Records of the type that was asked for."},
    Metric{"dns_answer_ttl_seconds", kGauge, "", "The least time to live among them."},
    Metric{"dns_answer_code", kGauge, "",
           "RCODE: 0 no error, 2 server failure, 3 no such name, 5 refused."},
    Metric{"dns_answer_by_tcp", kGauge, "", "1 where the answer was too long for a datagram."},
    Metric{"dns_failure_info", kGauge, "reason",
           "Why it is not as expected; only while it is not, always 1."},
};

inline constexpr std::array kOfUplink = {
    Metric{"uplink_up", kGauge, "", "1 where any of its addresses answers."},
    Metric{"uplink_address_up", kGauge, "address", "1 where this address answers."},
    Metric{"uplink_address_seconds", kGauge, "address", "How long its answer took."},
};

}  // namespace tocsin::config

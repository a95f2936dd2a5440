// Series in little room: the labels that tell them apart are shown, the others are not.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/model/labels.hpp"

namespace tocsin::commands {

/// Labels without which these elements can still be told apart; none where all are one series.
[[nodiscard]] std::vector<std::string> labels_to_hide(const boost::json::array& elements);
/// `{a="b", c="d", …}`: without the hidden ones, for which … stands, and with room to be wrapped.
[[nodiscard]] std::string labels_apart(const Labels& labels,
                                       const std::vector<std::string>& hidden = {});
[[nodiscard]] std::string labels_apart(const boost::json::value& labels,
                                       const std::vector<std::string>& hidden = {});
/// The beginning and the end of a text, with … between them, in at most so many columns.
[[nodiscard]] std::string cut_within(const std::string& text, std::size_t width);

}  // namespace tocsin::commands

// Labels that policies ask for and rules give: a slip in one of them, and somebody is not told.
#pragma once

#include <vector>

#include "report.hpp"
#include "rules.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

/// Warns of a label that no policy asks for and that is nearly one that some do, and of one that a
/// policy asks for, that no rule gives and that is nearly one that some do.
void check_label_slips(const Survey& survey, const std::vector<ReadRule>& rules, Report& report);

/// A label in a text of a rule that is nearly one that the rule knows, that its expression drops,
/// or that nothing has which the expression measures.
void check_template_labels(const std::vector<ReadRule>& rules, const Labels& host,
                           const std::vector<Source>& sources, Report& report);

}  // namespace tocsin::config

// The fields of every struct that is kept, named once: the codec writes and reads them by these
// lists. A field that is added to a struct and not to its list does not compile. A field's name is
// its name on disk: renaming one needs a migration.
#pragma once

#include <boost/describe/class.hpp>

#include "tocsin/model/record.hpp"
#include "tocsin/series/history.hpp"

/// Describes the fields to Boost.Describe; the structured binding fails where one is missing.
#define TOCSIN_FIELDS(Type, ...)                    \
  BOOST_DESCRIBE_STRUCT(Type, (), (__VA_ARGS__))    \
  inline void every_field_is_listed(Type& object) { \
    [[maybe_unused]] auto& [__VA_ARGS__] = object;  \
  }

namespace tocsin {

TOCSIN_FIELDS(AlertKey, rule, labels)
TOCSIN_FIELDS(Alert, key, state, reason, since, breach_since, held, recent, judged, missing_since,
              no_data, severity, value, worst_value, transitions, flapping, told, incident,
              held_back_once, hold_until, fed_by, drill_ends)
TOCSIN_FIELDS(Acknowledgement, by, note, at, lasts, severity, entries)
TOCSIN_FIELDS(Ring, receiver, level, number, dedup_key, at, delivery, closed, current,
              acknowledged_there)
TOCSIN_FIELDS(Thread, receiver, place)
TOCSIN_FIELDS(ClimbClock, running, elapsed, at)
TOCSIN_FIELDS(Incident, id, policy, group_key, storm, storm_of, drill, opened, closed, close_reason,
              reopened, severity, worst_severity, impact, worst_impact, assessed, assessed_by,
              clock, level, due_at_once, announced, rings, threads, acknowledged, told_severity,
              quiet_since, update_due, flapping_told, last_rang, recorded, timeline_length)
TOCSIN_FIELDS(TimelineEntry, incident, number, at, kind, text, told, woke)
TOCSIN_FIELDS(NoticeBand, expected, lower, upper)
TOCSIN_FIELDS(NoticeAlert, rule, labels, summary, value, threshold, limit, severity, since, firing,
              no_data, targets_say, recent, band)
TOCSIN_FIELDS(NextStep, level, at, receivers, again)
TOCSIN_FIELDS(Notice, kind, incident, host, host_labels, title, level, severity, impact, policy, at,
              opened, lasted, alerts, alerts_total, description, runbook, verdict, conference, next,
              acknowledged_by, acknowledged_until, acknowledge_url, last_change, also_open, link,
              reason, lines, recorded, drill, shown)
TOCSIN_FIELDS(StoryUpdate, thread, notice)
TOCSIN_FIELDS(Delivery, id, incident, receiver, action, level, ring, dedup_key, notice, wakes,
              state, created, attempts, next_attempt, may_have_arrived, last_error, stands_in_for,
              fallbacks_used, folded_into, thread, stories)
TOCSIN_FIELDS(Silence, id, matchers, author, reason, created, lasts, ended_early, maintenance,
              begins, window)
TOCSIN_FIELDS(Change, at, by, text, link, concerns)
TOCSIN_FIELDS(EngineState, boot_id, step, next_id, next_delivery, next_ring, changes)
TOCSIN_FIELDS(LearnedBaseline, rule, meaning, state)
TOCSIN_FIELDS(RetiredReceiver, name, definition, by_key)

namespace series {
TOCSIN_FIELDS(SeriesEntry, number, target, own, labels)
}  // namespace series

}  // namespace tocsin

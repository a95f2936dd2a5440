#include <sys/timex.h>

#include <array>

#include "sources/host/fields.hpp"
#include "sources/host/kernel.hpp"

namespace tocsin::sources::host {
namespace {

constexpr double kMicrosecond = 1e-6;
constexpr double kScaled = 65536;  // frequencies are in 2^-16 parts per million

struct ClockFigure {
  std::string_view metric;
  MetricType type;
  double value;
  std::string_view help;
};

}  // namespace

Result<void> timex(Exposition& out) {
  struct timex clock {};
  const int state = ::adjtimex(&clock);
  if (state < 0) {
    return fail(ErrorCode::denied, "adjtimex is not allowed");
  }
  const double unit = (clock.status & STA_NANO) != 0 ? kNanosecond : kMicrosecond;
  const auto number = [](auto value) { return static_cast<double>(value); };
  const std::array figures = {
      ClockFigure{"node_timex_offset_seconds", kGauge, number(clock.offset) * unit,
                  "How far the clock is from its reference."},
      ClockFigure{"node_timex_frequency_adjustment_ratio", kGauge,
                  1 + number(clock.freq) / kScaled / 1e6,
                  "By how much the clock's frequency is corrected."},
      ClockFigure{"node_timex_maxerror_seconds", kGauge, number(clock.maxerror) * kMicrosecond,
                  "The clock's greatest error."},
      ClockFigure{"node_timex_estimated_error_seconds", kGauge,
                  number(clock.esterror) * kMicrosecond, "The clock's estimated error."},
      ClockFigure{"node_timex_status", kGauge, number(clock.status), "Status bits."},
      ClockFigure{"node_timex_loop_time_constant", kGauge, number(clock.constant),
                  "Time constant of the phase-locked loop."},
      ClockFigure{"node_timex_tick_seconds", kGauge, number(clock.tick) * kMicrosecond,
                  "Seconds between clock ticks."},
      ClockFigure{"node_timex_pps_frequency_hertz", kGauge, number(clock.ppsfreq) / kScaled / 1e6,
                  "Frequency of the pulse per second."},
      ClockFigure{"node_timex_pps_jitter_seconds", kGauge, number(clock.jitter) * unit,
                  "Jitter of the pulse per second."},
      ClockFigure{"node_timex_pps_shift_seconds", kGauge, number(clock.shift),
                  "Interval of the pulse per second."},
      ClockFigure{"node_timex_pps_stability_hertz", kGauge, number(clock.stabil) / kScaled / 1e6,
                  "Stability of the pulse per second."},
      ClockFigure{"node_timex_pps_jitter_total", kCounter, number(clock.jitcnt),
                  "Pulses over the limit of jitter."},
      ClockFigure{"node_timex_pps_calibration_total", kCounter, number(clock.calcnt),
                  "Calibrations by the pulse per second."},
      ClockFigure{"node_timex_pps_error_total", kCounter, number(clock.errcnt),
                  "Calibrations that failed."},
      ClockFigure{"node_timex_pps_stability_exceeded_total", kCounter, number(clock.stbcnt),
                  "Pulses over the limit of stability."},
      ClockFigure{"node_timex_tai_offset_seconds", kGauge, number(clock.tai),
                  "International atomic time less UTC."},
      ClockFigure{"node_timex_sync_status", kGauge, state == TIME_ERROR ? 0.0 : 1.0,
                  "1 where the clock is kept in step with a reference."},
  };
  for (const ClockFigure& figure : figures) {
    out.family(figure.metric, figure.type, figure.help).add(figure.value);
  }
  return {};
}

}  // namespace tocsin::sources::host

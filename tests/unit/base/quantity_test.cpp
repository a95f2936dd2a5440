#include "tocsin/base/quantity.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace tocsin;

namespace {
constexpr double kInf = std::numeric_limits<double>::infinity();
const double kNan = std::numeric_limits<double>::quiet_NaN();
}  // namespace

TEST_CASE("quantities are read as people write them") {
  CHECK(parse_quantity("80%") == Quantity{0.8, Unit::ratio});
  CHECK(parse_quantity("57%") == Quantity{0.57, Unit::ratio});  // 57 * 0.01 is not
  CHECK(parse_quantity("0.5 %") == Quantity{0.005, Unit::ratio});
  CHECK(parse_quantity("2s") == Quantity{2, Unit::seconds});
  CHECK(parse_quantity("1.5s") == Quantity{1.5, Unit::seconds});
  CHECK(parse_quantity("100ms") == Quantity{0.1, Unit::seconds});
  CHECK(parse_quantity("1h30m") == Quantity{5400, Unit::seconds});
  CHECK(parse_quantity("5m") == Quantity{300, Unit::seconds});
  CHECK(parse_quantity("512MiB") == Quantity{536870912, Unit::bytes});
  CHECK(parse_quantity("2GB") == Quantity{2e9, Unit::bytes});
  CHECK(parse_quantity(" 3 ") == Quantity{3, Unit::none});
  CHECK(parse_quantity("-3") == Quantity{-3, Unit::none});
  CHECK(parse_quantity("-5%") == Quantity{-0.05, Unit::ratio});
  CHECK(parse_quantity("1e-3") == Quantity{0.001, Unit::none});
  CHECK(parse_quantity("1e3s") == Quantity{1000, Unit::seconds});
  CHECK(parse_quantity(".5") == Quantity{0.5, Unit::none});
}

TEST_CASE("what is no quantity is refused") {
  for (const auto* text : {"", " ", "%", "eighty", "80%%", "80 percent", "2 s s", "5e", "NaN",
                           "Inf", "+Inf%", "inf", "1e999", "512 mib", "1,5", "--1", "1h 30m"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_quantity(text).has_value());
  }
}

TEST_CASE("people read three significant digits") {
  CHECK(format_quantity(0.873, Unit::ratio) == "87.3 %");
  CHECK(format_quantity(1, Unit::ratio) == "100 %");
  CHECK(format_quantity(0.00512, Unit::ratio) == "0.512 %");
  CHECK(format_quantity(2.41, Unit::seconds) == "2.41 s");
  CHECK(format_quantity(0.1, Unit::seconds) == "100 ms");
  CHECK(format_quantity(0.00025, Unit::seconds) == "250 µs");
  CHECK(format_quantity(0.9996, Unit::seconds) == "1 s");
  CHECK(format_quantity(0, Unit::seconds) == "0 s");
  CHECK(format_quantity(3900, Unit::seconds) == "1 h 05 min");
  CHECK(format_quantity(-90, Unit::seconds) == "-1 min 30 s");
  CHECK(format_quantity(5.4e8, Unit::bytes) == "515 MiB");
  CHECK(format_quantity(1000, Unit::bytes) == "1000 B");
  CHECK(format_quantity(1048575, Unit::bytes) == "1 MiB");
  CHECK(format_quantity(12345, Unit::none) == "12345");
  CHECK(format_quantity(12345.6, Unit::none) == "12300");
  CHECK(format_quantity(-12345, Unit::none) == "-12345");
  CHECK(format_quantity(1234567, Unit::none) == "1230000");
  CHECK(format_quantity(0.000123456, Unit::none) == "0.000123");
  CHECK(format_quantity(9.996, Unit::none) == "10");
  CHECK(format_quantity(-0.0, Unit::none) == "0");
}

TEST_CASE("no double breaks the formatting") {
  for (const Unit unit : {Unit::none, Unit::ratio, Unit::seconds, Unit::bytes}) {
    CHECK(format_quantity(kNan, unit) == "NaN");
    CHECK(format_quantity(kInf, unit) == "+Inf");
    CHECK(format_quantity(-kInf, unit) == "-Inf");
    for (const double value : {1e300, -1e300, 1e-300, 9.1e15, 8.9e15, 5e-324}) {
      const std::string text = format_quantity(value, unit);
      CAPTURE(text);
      CHECK(text.size() > 0);
      CHECK(text.size() < 30);
    }
  }
}

TEST_CASE("numbers are read as Prometheus reads them") {
  CHECK(parse_number("1") == 1);
  CHECK(parse_number("+1") == 1);
  CHECK(parse_number("-1.5e3") == -1500);
  CHECK(parse_number(".5") == 0.5);
  CHECK(parse_number("5.") == 5);
  CHECK(parse_number("0x1p3") == 8);
  CHECK(parse_number("-0X1F") == -31);
  CHECK(parse_number("+Inf") == kInf);
  CHECK(parse_number("inf") == kInf);
  CHECK(parse_number("-Infinity") == -kInf);
  CHECK(std::isnan(parse_number("NaN").value()));
  CHECK(parse_number("1e-999") == 0);
  CHECK(parse_number("5e-324") == 5e-324);
  CHECK(parse_number("0.1") == 0.1);
}

TEST_CASE("what is no number is refused") {
  for (const auto* text : {"",   "+",  "-",     ".",     "1x",     "x1",    "--1",     "+-1",
                           "1e", "e1", "0x",    "0xg",   "0x-1",   "0xinf", "infinit", "nan(1)",
                           " 1", "1 ", "1_000", "1e999", "-1e999", "١"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text).has_value());
  }
}

TEST_CASE("every number reads back") {
  for (const double value :
       {0.1, 1.0 / 3, 1e21, 1e-21, 123456789.125, -5e-324, 1.7976931348623157e308}) {
    CHECK(parse_number(format_number(value)) == value);
  }
  CHECK(format_number(1) == "1");
  CHECK(format_number(kNan) == "NaN");
  CHECK(format_number(kInf) == "+Inf");
  CHECK(format_number(-kInf) == "-Inf");
}

// Risk: an expression that means something else than it says, or a fault shown in the wrong place.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tocsin/expr/expression.hpp"
#include "tocsin/expr/parser.hpp"

using namespace tocsin;
using namespace tocsin::expr;

namespace {

/// The tree with every operation in brackets.
std::string tree(const Node& node) {
  struct Show {
    const Node& node;
    std::string operator()(const Number& n) const {
      return std::to_string(static_cast<int>(n.value));
    }
    std::string operator()(const Text& n) const { return '"' + n.value + '"'; }
    std::string operator()(const VectorSelector& n) const { return n.selector.name; }
    std::string operator()(const MatrixSelector& n) const {
      return n.vector.selector.name + "[" + format_duration(n.range) + "]";
    }
    std::string operator()(const Subquery& n) const {
      return tree(*n.inner) + "[" + format_duration(n.range) + ":" + format_duration(n.step) + "]";
    }
    std::string operator()(const Negation& n) const {
      return (n.plus ? "(+" : "(-") + tree(*n.operand) + ")";
    }
    std::string operator()(const Parenthesis& n) const { return tree(*n.inner); }
    std::string operator()(const Binary& n) const {
      return "(" + tree(*n.left) + std::string(to_string(n.op)) + tree(*n.right) + ")";
    }
    std::string operator()(const Aggregate& n) const {
      std::string text(to_string(n.op));
      for (const std::string& label : n.labels) text += (n.without ? "-" : "+") + label;
      return text + "(" + tree(*n.operand) + ")";
    }
    std::string operator()(const Call& n) const {
      std::string text = "call(";
      for (const NodePtr& argument : n.arguments) text += tree(*argument) + ",";
      return text + ")";
    }
  };
  return std::visit(Show{node}, node.what);
}

std::string tree(std::string_view text) {
  const auto parsed = Expression::parse(text);
  return parsed ? tree(parsed->root()) : parsed.error().message;
}

ParseError fault(std::string_view text) {
  auto parsed = Expression::parse(text);
  REQUIRE_FALSE(parsed.has_value());
  return parsed.error();
}

/// The part of the text that the fault points at.
std::string place(std::string_view text) {
  const ParseError error = fault(text);
  return error.offset >= text.size() ? "<end>"
                                     : std::string(text.substr(error.offset, error.length));
}

}  // namespace

TEST_CASE("parse: operators bind as PromQL says") {
  CHECK(tree("1 + 2 * 3") == "(1+(2*3))");
  CHECK(tree("1 - 2 - 3") == "((1-2)-3)");
  CHECK(tree("2 ^ 3 ^ 2") == "(2^(3^2))");
  CHECK(tree("-2 ^ 2") == "(-(2^2))");
  CHECK(tree("-2 * 2") == "((-2)*2)");
  CHECK(tree("2 ^ -1 * 3") == "((2^(-1))*3)");
  CHECK(tree("1 - - 1") == "(1-(-1))");
  CHECK(tree("1 - + a ^ 2") == "(1-(+(a^2)))");
  CHECK(tree("a or b and c") == "(aor(bandc))");
  CHECK(tree("a and b unless c") == "((aandb)unlessc)");
  CHECK(tree("a and b > 1 + c") == "(aand(b>(1+c)))");
  CHECK(tree("a % b atan2 c") == "((a%b)atan2c)");
  CHECK(tree("(a or b) and c") == "((aorb)andc)");
}

TEST_CASE("parse: what stands behind an operand belongs to it") {
  CHECK(tree("rate(a[5m] offset 1m)") == "call(a[5m],)");
  CHECK(tree("sum_over_time(rate(a[2m])[1h30m:])") == "call(call(a[2m],)[1h30m:1m],)");
  CHECK(tree("max_over_time((a + b)[300:15.5])") == "call((a+b)[5m:15s500ms],)");
  CHECK(tree("-a offset 5m ^ 2") == "(-(a^2))");
}

TEST_CASE("parse: aggregations with their labels before or behind, words in any case") {
  CHECK(tree("sum by (b, a) (x)") == "sum+a+b(x)");
  CHECK(tree("SUM(x) WITHOUT (a,)") == "sum-a(x)");
  CHECK(tree("topk(3, x) by (on)") == "topk+on(x)");
  CHECK(tree("A AND ON (x) B") == "(AandB)");
}

TEST_CASE("parse: keywords are metrics where nothing else could stand") {
  CHECK(tree("sum + count") == "(sum+count)");
  CHECK(tree("offset offset 5m") == "offset");
  CHECK(tree("by + without - start") == "((by+without)-start)");
  CHECK(place("x + on") == "<end>");
  CHECK(place("x and on y") == "y");
  CHECK(place("BOOL") == "BOOL");
  CHECK(tree("job:x:rate5m") == "job:x:rate5m");
  CHECK(tree("inf + NaN + 0x10 + 1_000 + .5e1 + 1h") ==
        tree("(((((inf + nan) + 16) + 1000) + 5) + 3600)"));
}

TEST_CASE("parse: numbers are written as in Go") {
  CHECK(tree("0755 + 08 + 0x_f_f + 1_0.5e1") == "(((493+8)+255)+105)");
  for (const char* const wrong : {"1__0", "1_", "0x", "0b11", "1.2.3", "1e", "5_m"}) {
    CAPTURE(wrong);
    CHECK_FALSE(Expression::parse(wrong).has_value());
  }
}

TEST_CASE("parse: a metric is named in front of the braces or within them") {
  CHECK(tree("{\"a b\", x=\"1\"}") == "a b");
  CHECK(tree("{__name__=~\"a|b\",__name__!=\"b\"}").empty());
  CHECK(place("a{x=\"1\",__name__!=\"b\"} + c") == "a{x=\"1\",__name__!=\"b\"}");
  CHECK(place("a{\"b\"}") == "a{\"b\"}");
}

TEST_CASE("parse: between scalars a matching that names no label says nothing") {
  CHECK(tree("a + on() 2") == "(a+2)");
  CHECK(tree("1 + ignoring() group_left(x) 2") == "(1+2)");
  CHECK(place("a + on(x) 2") == "+");
}

TEST_CASE("parse: strings in three kinds of quotes") {
  CHECK(tree(R"("a\"b\n\x41\u00e9\101")") ==
        "\"a\"b\nA\xc3\xa9"
        "A\"");
  CHECK(tree("'a\\'b'") == "\"a'b\"");
  CHECK(tree("`a\\nb`") == "\"a\\nb\"");
  CHECK(place("\"a\\qb\"") == "\\q");
  CHECK(place("\"abc") == "\"");
  CHECK(place(R"("a\'b")") == "\\'");
  CHECK(place("'a\xff'") == "'a\xff'");
  CHECK(tree("'\\xff'") == "\"\xff\"");
}

TEST_CASE("parse: remarks and line breaks are space") {
  CHECK(tree("a # first\n + # second\n b") == "(a+b)");
}

TEST_CASE("parse: a fault points at what is wrong and says what was expected") {
  CHECK(fault("").message == "the expression is empty");
  CHECK(fault("a +").message ==
        "unexpected end of the expression, expected a metric, a function, a number or (");
  CHECK(fault("a b").message == "unexpected \"b\", expected an operator or the end");
  CHECK(place("a b") == "b");
  CHECK(place("sum(rate(a[5m])") == "(");
  CHECK(fault("sum(rate(a[5m])").offset == 3);
  CHECK(fault("sum(rate(a[5m])").message == "this ( is never closed");
  CHECK(place("a{b=\"c\"") == "{");
  CHECK(place("a{b=\"c\" d=\"e\"}") == "d");
  CHECK(place("a[5x]") == "5x");
  CHECK(place("a{b=~\"(\"}") == "\"(\"");
  CHECK(place("a $ b") == "$");
  CHECK(place("a \xc3\xa9") == "\xc3\xa9");
  CHECK(place("rate(a[0s])") == "0s");
  CHECK(place("a offset 5m offset 5m") == "offset");
  CHECK(place("(a + b) offset 5m") == "offset");
  CHECK(place("a @ foo") == "foo");
  CHECK(place("rate((a + b)[5m])") == "[");
  CHECK(place("{a=\"\"}") == "{a=\"\"}");
  CHECK(place("a{__name__=\"b\"}") == "a{__name__=\"b\"}");
}

TEST_CASE("parse: hints say what was probably meant") {
  CHECK(fault("rte(a[5m])").hint == "did you mean `rate`?");
  CHECK(fault("Rate(a[5m])").hint == "did you mean `rate`?");
  CHECK(fault("summ(a)").hint == "did you mean `sum`?");
  CHECK(fault("rate(a)").hint == "add a range behind the selector: [5m]");
  CHECK(fault("rate(a + b)").hint == "of an expression, a subquery is written [5m:1m]");
  CHECK(fault("a = 1").hint == "to compare, write `==`");
  CHECK(fault("a && b").hint == "write `and`");
  CHECK(fault("a || b").hint == "write `or`");
  CHECK(fault("a{b==\"c\"}").hint == "labels are matched with a single =");
  CHECK(fault("1 < 2").hint == "write `< bool`");
  CHECK(fault("histogram_count(a)").message ==
        "histogram_count() works on native histograms, which tocsin does not collect");
}

TEST_CASE("parse: types are checked") {
  CHECK(fault("rate(a)").message == "rate() expects a range vector here, not an instant vector");
  CHECK(place("rate(a)") == "a");
  CHECK(place("a[5m] + 1") == "a[5m]");
  CHECK(place("1 and a") == "and");
  CHECK(place("a + on(x) 1") == "+");
  CHECK(place("a + bool b") == "bool");
  CHECK(place("a and on(x) group_left b") == "group_left");
  CHECK(place("a / on(x) group_left(x) b") == "group_left");
  CHECK(place("-\"a\"") == "\"a\"");
  CHECK(place("sum(1)") == "1");
  CHECK(place("topk(a, a)") == "a");
  CHECK(place("count_values(1, a)") == "1");
  CHECK(place("1[5m:1m]") == "1");
  CHECK(fault("abs()").message == "abs() takes 1 argument, not 0");
  CHECK(fault("round(a, 1, 2)").message == "round() takes 1 to 2 arguments, not 3");
  CHECK(fault("label_join(a, \"x\")").message == "label_join() takes at least 3 arguments, not 2");
}

TEST_CASE("parse: hostile text ends in an error, not in the stack") {
  CHECK(fault(std::string(5'000, '(')).message == "the expression is nested too deeply");
  CHECK(fault(std::string(5'000, '-') + "1").message == "the expression is nested too deeply");
  std::string chain = "a";
  for (int i = 0; i < 5'000; ++i) chain += "+a";
  CHECK(fault(chain).message == "the expression is nested too deeply");
  std::string ranges = "a";
  for (int i = 0; i < 3'000; ++i) ranges += "[5m:1m]";
  CHECK_FALSE(Expression::parse(ranges).has_value());
  CHECK(fault(std::string(70'000, ' ')).message == "the expression has more than 65536 bytes");
  CHECK(fault("a{b=~\"" + std::string(5'000, 'x') + "\"}").message ==
        "a regular expression may have 4096 bytes");
  CHECK_FALSE(Expression::parse("a[999999999999999999999y]").has_value());
  CHECK_FALSE(Expression::parse("a offset 1e300").has_value());
  CHECK_FALSE(Expression::parse("a @ NaN").has_value());
}

TEST_CASE("expression: how far back it reads, its shortest range, and its metrics") {
  const auto of = [](std::string_view text) { return Expression::parse(text).value(); };
  CHECK(of("a").reach() == Duration::zero());
  CHECK(of("a offset 5m").reach() == minutes(5));
  CHECK(of("a offset -5m").reach() == Duration::zero());
  CHECK(of("rate(a[5m])").reach() == minutes(5));
  CHECK(of("rate(a[5m] offset 1h) + rate(b[2m])").reach() == minutes(65));
  CHECK(of("max_over_time(rate(a[5m])[1h:1m] offset 10m)").reach() == minutes(75));
  CHECK(of("rate(a[5m]) + rate(b[2m])").shortest_range() == minutes(2));
  CHECK(of("a").shortest_range() == Duration::zero());
  CHECK(of("sum(rate(a[5m])) / b + a").names() == std::vector<std::string>{"a", "b"});
  CHECK(of("{job=\"x\"} + {\"b\"} + {__name__=\"c\"} + {__name__=~\"d\"}").names() ==
        std::vector<std::string>{"", "b", "c"});
  CHECK(of("time()").names().empty());
  CHECK(of(" a ").text() == " a ");
}

TEST_CASE("expression: each node knows its place in the text") {
  const std::string text = "sum(rate(a[5m])) by (x) / 2";
  const auto expression = Expression::parse(text).value();
  const auto& binary = std::get<Binary>(expression.root().what);
  const auto cut = [&](const Node& node) {
    return text.substr(node.span.offset, node.span.length);
  };
  CHECK(cut(expression.root()) == text);
  CHECK(cut(*binary.left) == "sum(rate(a[5m])) by (x)");
  CHECK(cut(*binary.right) == "2");
  CHECK(cut(*std::get<Aggregate>(binary.left->what).operand) == "rate(a[5m])");
}

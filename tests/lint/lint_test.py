#!/usr/bin/env python3
"""Shows that each check of checks.py can fail, and that it does not where nothing is wrong."""

import unittest

import checks
from source_tree import Source


def tree_of(**files):
    """A tree of files: `daemon__base__a_cpp` is daemon/base/a.cpp."""
    tree = {}
    for name, text in files.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = f"{stem}.{suffix}"
        tree[path] = Source(path, text)
    return tree


class Floors(unittest.TestCase):
    def test_upward_include_is_found(self):
        found = checks.check_floors(tree_of(
            daemon__model__a_cpp='#include <vector>\n#include "tocsin/engine/engine.hpp"\n'))
        self.assertEqual(found, [
            "daemon/model/a.cpp:2: model (floor 1) includes engine (floor 5)"])

    def test_neighbours_do_not_know_each_other(self):
        for room, other in (("series", "expr"), ("rule", "outbox"), ("storage", "http")):
            include = f'#include "{other}/x.hpp"\n'
            self.assertEqual(len(checks.check_floors(tree_of(**{f"daemon__{room}__a_cpp": include}))), 1)

    def test_core_headers_are_held_too(self):
        self.assertEqual(len(checks.check_floors(tree_of(
            include__tocsin__base__a_hpp='#include "loop/clock.hpp"\n'))), 1)

    def test_include_without_room_and_room_without_floor(self):
        self.assertEqual(len(checks.check_floors(tree_of(daemon__base__a_cpp='#include "b.hpp"\n'))), 1)
        self.assertEqual(len(checks.check_floors(tree_of(daemon__attic__a_cpp=""))), 1)

    def test_what_is_allowed(self):
        self.assertEqual(checks.check_floors(tree_of(
            daemon__expr__a_cpp='#include "tocsin/series/store.hpp"\n#include "expr/b.hpp"\n',
            daemon__storage__b_cpp='#include "loop/clock.hpp"\n#include "tocsin/model/alert.hpp"\n',
            daemon__config__c_cpp='#include "d.hpp"\n', daemon__config__d_hpp="",
            daemon__main_cpp='#include "commands/commands.hpp"\n',
            tests__unit__x_test_cpp='#include "unit/x.hpp"\n')), [])


class Circles(unittest.TestCase):
    def test_circle_is_found(self):
        found = checks.check_circles(tree_of(
            include__tocsin__base__a_hpp='#include "tocsin/base/b.hpp"\n',
            include__tocsin__base__b_hpp='#include "tocsin/base/c.hpp"\n',
            include__tocsin__base__c_hpp='#include "tocsin/base/a.hpp"\n'))
        self.assertEqual(len(found), 1)
        self.assertIn("a circle", found[0])

    def test_diamond_is_none(self):
        self.assertEqual(checks.check_circles(tree_of(
            include__tocsin__base__a_hpp='#include "tocsin/base/b.hpp"\n#include "tocsin/base/c.hpp"\n',
            include__tocsin__base__b_hpp='#include "tocsin/base/d.hpp"\n',
            include__tocsin__base__c_hpp='#include "tocsin/base/d.hpp"\n',
            include__tocsin__base__d_hpp="")), [])


class Purity(unittest.TestCase):
    IMPURE = (
        "#include <iostream>", "#include <fstream>", "#include <thread>", "#include <mutex>",
        "#include <filesystem>", "#include <random>", "#include <sys/stat.h>",
        "#include <spdlog/spdlog.h>", "#include <boost/asio.hpp>", "#include <curl/curl.h>",
        "#include <sqlite3.h>",
        "auto t = std::chrono::system_clock::now();", "auto t = Clock::now();", "time_t t = time(nullptr);",
        "std::time(0);", "gettimeofday(&tv, nullptr);", "const char* h = getenv(\"HOME\");",
        "std::random_device device;", "int r = rand();", "std::cout << 1;", "printf(\"%d\", 1);",
        "FILE* f = std::fopen(p, m);", "fmt::print(\"x\");", "std::mutex m;", "std::thread t;",
        "std::atomic<int> n;", "thread_local int n;", "std::this_thread::sleep_for(d);",
        "spdlog::info(\"x\");", "loop::log::info(\"x\");", "throw std::runtime_error(\"x\");",
    )

    def test_each_impurity_is_found_in_the_core(self):
        for line in self.IMPURE:
            with self.subTest(line):
                self.assertTrue(checks.check_purity(tree_of(daemon__rule__a_cpp=line + "\n")))
                self.assertTrue(checks.check_purity(tree_of(include__tocsin__expr__a_hpp=line + "\n")))

    def test_none_matters_outside_of_the_core(self):
        for line in self.IMPURE:
            self.assertEqual(checks.check_purity(tree_of(daemon__loop__a_cpp=line + "\n")), [])

    def test_words_in_comments_and_texts_do_not_matter(self):
        self.assertEqual(checks.check_purity(tree_of(daemon__rule__a_cpp='''
            // calls time(nullptr) and getenv(), throws std::cout
            /* std::mutex
               printf( */
            const char* a = "std::cout << time(0)";
            const char* b = R"(throw "x")";
            auto n = 1'000'000; char c = '"'; auto r = 1; // it's
            sample.time(); timeline(1); reopen(x); store.open(x); bool open() const; throws = 1; overtime(0);
            ''')), [])


class Heavy(unittest.TestCase):
    def test_second_unit_is_found(self):
        found = checks.check_heavy(tree_of(
            daemon__storage__a_cpp="#include <sqlite3.h>\n",
            daemon__storage__b_cpp="#include <sqlite3.h>\n"))
        self.assertEqual(len(found), 1)
        self.assertIn("SQLite is in 2", found[0])

    def test_way_through_a_header_counts(self):
        self.assertEqual(len(checks.check_heavy(tree_of(
            daemon__http__a_hpp="#include <toml++/toml.h>\n",
            daemon__http__b_cpp='#include "http/a.hpp"\n',
            daemon__http__c_cpp='#include "http/a.hpp"\n'))), 1)

    def test_one_is_allowed(self):
        self.assertEqual(checks.check_heavy(tree_of(
            daemon__toml__a_cpp="#include <toml++/toml.h>\n",
            tests__unit__b_test_cpp="#include <toml++/toml.h>\n")), [])


class Nodiscard(unittest.TestCase):
    def test_forgotten_ones_are_found(self):
        for text in (
                "Result<int> parse();", "static Result<std::vector<int>> make(int a);",
                "virtual Result<void> act() = 0;", "tocsin::Result<int> f(int);",
                "[[nodiscard]] int g(); Result<int> f();",
                "class A {\n public:\n  Result<A> make();\n};",
                "template <class T>\nResult<T> decode(int);"):
            with self.subTest(text):
                self.assertEqual(len(checks.check_nodiscard(tree_of(daemon__loop__a_hpp=text))), 1)

    def test_what_is_well(self):
        self.assertEqual(checks.check_nodiscard(tree_of(daemon__loop__a_hpp='''
            [[nodiscard]] Result<int> parse();
            [[nodiscard]]
            static Result<std::vector<int>> make(int a);
            void take(Result<int> result, std::function<Result<int>()> make);
            std::function<void(Result<int>)> done;
            template <class T> using Result = tl::expected<T, Error>;
            Result<int> member_;
            ''', daemon__loop__b_cpp="Result<int> f() { return 1; }")), [])


class NoSleep(unittest.TestCase):
    def test_sleep_is_found(self):
        for text in ("std::this_thread::sleep_for(1ms);", "::usleep(3);", "sleep(1);"):
            with self.subTest(text):
                self.assertEqual(len(checks.check_no_sleep(tree_of(tests__unit__a_test_cpp=text))), 1)
                self.assertEqual(len(checks.check_no_sleep(tree_of(tests__simulation__a_cpp=text))), 1)

    def test_elsewhere_and_in_words_it_does_not_matter(self):
        self.assertEqual(checks.check_no_sleep(tree_of(
            tests__end_to_end__a_cpp="sleep(1);", tests__unit__a_cpp="// sleep(1)\nbool asleep(int);")), [])


class UniqueNames(unittest.TestCase):
    @staticmethod
    def found(one, other, folder="tests__unit__expr"):
        inside = "namespace x {{\nnamespace {{\n{}\n}}  // namespace\n}}\n"
        return checks.check_unique_names(tree_of(**{
            f"{folder}__a_cpp": inside.format(one), f"{folder}__b_cpp": inside.format(other)}))

    def test_a_name_in_two_files_of_a_room_is_found(self):
        for text in ("struct World {\n  int x;\n};", "const BootTime kStart{hours(1)};",
                     "constexpr std::array<int, 2> kBoth = {{\n    1,\n}};", "int limit = 3;",
                     "enum class Side { left };", "struct {\n} kOne[] = {};", "template <class T>\nclass Box {};"):
            self.assertEqual(len(self.found(text, text)), 1, text)
            self.assertEqual(len(self.found(text, text, "daemon__series")), 1, text)
        self.assertEqual(self.found("struct World {};", "\nstruct World {};"), [
            "tests/unit/expr/b.cpp:4: World is in tests/unit/expr/a.cpp too: "
            "a release compiles the room as one"])

    def test_a_function_with_the_same_parameters_is_found(self):
        self.assertEqual(len(self.found("int at(Duration since) {\n  return 1;\n}",
                                        "long at(Duration d = {}) {\n  return 2;\n}")), 1)
        self.assertEqual(self.found("int at(Duration since) {\n  return 1;\n}",
                                    "int at(Window& made, Duration when) {\n  return 1;\n}"), [])

    def test_an_alias_is_found_where_it_differs(self):
        self.assertEqual(self.found("using Words = List;", "using Words = List;"), [])
        self.assertEqual(len(self.found("using Words = List;", "using Words = Set;")), 1)

    def test_what_is_allowed(self):
        for text in ("namespace json = boost::json;", "using std::string;"):
            self.assertEqual(self.found(text, text), [], text)
        self.assertEqual(self.found("void f() {\n  int x = 1;\n}", "void g() {\n  int x = 1;\n}"), [])
        self.assertEqual(checks.check_unique_names(tree_of(
            daemon__base__a_cpp="namespace {\nint x;\n}\n",
            daemon__model__a_cpp="namespace {\nint x;\n}\n")), [])


if __name__ == "__main__":
    unittest.main()

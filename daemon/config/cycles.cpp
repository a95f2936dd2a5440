#include "cycles.hpp"

#include <algorithm>
#include <map>

namespace tocsin::config {
namespace {

class Search {
 public:
  explicit Search(const Graph& graph) {
    for (const Edge& edge : graph) {
      if (!edges_.contains(edge.from)) order_.push_back(edge.from);
      edges_[edge.from].push_back(&edge);
    }
  }

  std::vector<Cycle> run() {
    for (const std::string& start : order_) visit(start);
    return std::move(found_);
  }

 private:
  enum class Mark { fresh, open, done };
  struct Frame {
    std::string name;
    std::size_t next = 0;
  };

  /// Depth first, with a stack of its own: a chain may be as long as a configuration.
  void visit(const std::string& start) {
    if (marks_[start] != Mark::fresh) return;
    path_.push_back({start, 0});
    marks_[start] = Mark::open;
    while (!path_.empty()) {
      Frame& top = path_.back();
      const auto edges = edges_.find(top.name);
      if (edges == edges_.end() || top.next == edges->second.size()) {
        marks_[top.name] = Mark::done;
        path_.pop_back();
        continue;
      }
      const Edge* edge = edges->second[top.next++];
      Mark& mark = marks_[edge->to];
      if (mark == Mark::open) {
        close(*edge);
      } else if (mark == Mark::fresh) {
        mark = Mark::open;
        path_.push_back({edge->to, 0});
      }
    }
  }

  void close(const Edge& edge) {
    auto at = std::find_if(path_.begin(), path_.end(),
                           [&edge](const Frame& frame) { return frame.name == edge.to; });
    Cycle cycle;
    for (; at != path_.end(); ++at) cycle.text += at->name + " → ";
    cycle.text += edge.to;
    cycle.place = edge.place;
    found_.push_back(std::move(cycle));
  }

  std::map<std::string, std::vector<const Edge*>> edges_;
  std::vector<std::string> order_;
  std::map<std::string, Mark> marks_;
  std::vector<Frame> path_;
  std::vector<Cycle> found_;
};

}  // namespace

std::vector<NamedAt> names_at(const Value& value) {
  std::vector<NamedAt> names;
  if (value.kind == Kind::text) names.push_back({value.text, value.place});
  for (const Value& item : value.items) {
    if (item.kind == Kind::text) names.push_back({item.text, item.place});
  }
  return names;
}

std::vector<Cycle> cycles(const Graph& graph) {
  return Search(graph).run();
}

}  // namespace tocsin::config

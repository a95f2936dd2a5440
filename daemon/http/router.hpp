// The routes of one listener: a table of method, path and handler.
#pragma once

#include <string>
#include <vector>

#include "http/message.hpp"

namespace tocsin::http {

struct Route {
  std::string method;
  std::string path;  ///< "/incidents/*": a `*` stands for one segment and is captured
  Handler handler;
};

class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  /// Calls the route's handler; answers 404, or 405 with `Allow`, where there is none. HEAD is
  /// answered by the GET route (the server leaves out the body).
  void handle(Request request, Respond respond) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace tocsin::http

// libcurl's functions, without its prefix. It brings 27 libraries along: what tells nobody and
// asks nobody by HTTP goes without.
#pragma once

#include <curl/curl.h>

#include <string_view>

#include "loop/shared_library.hpp"

namespace tocsin::loop {

#define TOCSIN_CURL_FUNCTIONS(each)                                                           \
  each(global_init) each(free) each(easy_init) each(easy_cleanup) each(easy_setopt)           \
      each(easy_getinfo) each(easy_strerror) each(multi_init) each(multi_cleanup)             \
          each(multi_setopt) each(multi_add_handle) each(multi_remove_handle)                 \
              each(multi_info_read) each(multi_socket_action) each(multi_strerror) each(url)  \
                  each(url_cleanup) each(url_set) each(url_get) each(slist_append)            \
                      each(slist_free_all) each(mime_init) each(mime_free) each(mime_addpart) \
                          each(mime_data) each(mime_type) each(mime_encoder)

struct Curl {
#define TOCSIN_CURL(name) decltype(&::curl_##name) name = nullptr;
  TOCSIN_CURL_FUNCTIONS(TOCSIN_CURL)
#undef TOCSIN_CURL
  bool complete = false;  ///< else none of them may be called: it is not installed

  Curl() {
    SharedLibrary library("libcurl.so.4");
#define TOCSIN_CURL(name) library.find(name, "curl_" #name);
    TOCSIN_CURL_FUNCTIONS(TOCSIN_CURL)
#undef TOCSIN_CURL
    complete = library.complete();
  }
};

/// Why nothing can be sent where it is not complete.
constexpr std::string_view kNoCurl = "libcurl (libcurl.so.4) is not installed";

/// Loaded at the first call.
[[nodiscard]] inline const Curl& curl() {
  static const Curl kLibrary;
  return kLibrary;
}

}  // namespace tocsin::loop

#include "receivers/webhook_request.hpp"

#include <boost/json/parse.hpp>

#include "receivers/notice_values.hpp"
#include "receivers/sample_notice.hpp"
#include "receivers/webhook.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

constexpr std::size_t kTemplateBodyMost = 256UL << 10U;
constexpr std::size_t kTemplateHeaderMost = 4096;
constexpr std::string_view kInTheClear = "value:";

Result<std::string> rendered_body(const config::WebhookReceiver& definition,
                                  const outbox::NoticeValues& values) {
  const outbox::Escaping escaping = outbox::escaping_for(definition.content_type);
  Result<std::string> body = render_notice(definition.body, values, escaping, kTemplateBodyMost);
  if (!body) return body;
  std::string text(trim(*body));
  if (escaping != outbox::Escaping::json) return text;
  boost::json::error_code error;
  static_cast<void>(boost::json::parse(text, error));
  if (error) return fail(ErrorCode::invalid, "the result is no JSON: " + error.message());
  return text;
}

}  // namespace

WebhookContent webhook_content(const config::WebhookReceiver& definition, const Delivery& delivery,
                               std::string_view program) {
  WebhookContent out;
  const outbox::NoticeValues values = notice_values(delivery, program);
  const auto failed = [&out](const std::string& what, const Error& error) {
    if (out.fault.empty()) out.fault = "the template of " + what + " fails: " + error.text;
  };
  out.content_type = "application/json";
  if (!definition.body.empty()) {
    Result<std::string> body = rendered_body(definition, values);
    if (body) {
      out.body = std::move(*body);
      out.content_type = definition.content_type;
    } else {
      failed("`body`", body.error());
    }
  }
  if (definition.body.empty() || !out.fault.empty()) out.body = webhook_body(delivery);
  Result<std::string> path =
      render_notice(definition.path, values, outbox::Escaping::url, kTemplateHeaderMost);
  path ? void(out.path = trim(*path)) : failed("`path`", path.error());
  for (const config::HttpHeader& header : definition.headers) {
    std::string_view text = header.value.reference;
    if (!text.starts_with(kInTheClear)) continue;
    text.remove_prefix(kInTheClear.size());
    Result<std::string> line =
        render_notice(text, values, outbox::Escaping::header, kTemplateHeaderMost);
    if (!line) {
      failed("header " + header.name, line.error());
    } else if (!trim(*line).empty()) {
      out.headers.emplace_back(header.name, trim(*line));
    }
  }
  return out;
}

std::string webhook_template_trouble(const config::WebhookReceiver& definition) {
  for (int kind = 0; kind < kNoticeKinds; ++kind) {
    const Delivery sample = sample_notice(static_cast<NoticeKind>(kind));
    const std::string fault = webhook_content(definition, sample).fault;
    if (!fault.empty()) {
      return fault + " (for a notice of kind " + std::string(to_string(sample.notice.kind)) + ")";
    }
  }
  return "";
}

}  // namespace tocsin::receivers

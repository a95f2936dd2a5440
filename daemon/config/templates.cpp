#include "templates.hpp"

#include "tocsin/outbox/template.hpp"

namespace tocsin::config {

void check_template(const Value& value, Report& report) {
  for (const outbox::TemplateFault& fault : outbox::template_faults(value.text)) {
    report.error(value.within(fault.offset, fault.length), fault.text);
  }
}

}  // namespace tocsin::config

#include "card/cat/terminal_response.h"

namespace scwsim::cat {

Result<TerminalResponse> TerminalResponse::parse(Bytes data) {
  const Result<TlvList> list = TlvList::parse(data);
  if (!list) return list.fault();
  const auto details = list->find(tag::kCommandDetails);
  const auto result = list->find(tag::kResult);
  if (!details || !result) return Fault{FaultCode::kMissing, data.size()};
  if (details->value.size() != 3 || result->value.empty()) return Fault{FaultCode::kBadLength, 0};

  TerminalResponse response;
  response.number = details->value[0];
  response.type = static_cast<CommandType>(details->value[1]);
  response.qualifier = details->value[2];
  response.general_result = result->value[0];
  response.additional = result->value.subspan(1);
  response.objects = *list;
  return response;
}

}  // namespace scwsim::cat

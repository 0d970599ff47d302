#include "tools/links/endpoint.h"

#include <charconv>

namespace scwsim::links {

namespace ip = boost::asio::ip;

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const std::string_view digits = text.substr(colon + 1);
  uint16_t port = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  if (host == "localhost") return Endpoint(ip::address_v4::loopback(), port);
  boost::system::error_code error;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const auto address = ip::make_address_v6(host.substr(1, host.size() - 2), error);
    return error ? std::nullopt : std::optional(Endpoint(address, port));
  }
  const auto address = ip::make_address_v4(host, error);
  return error ? std::nullopt : std::optional(Endpoint(address, port));
}

std::string to_string(const Endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string host = endpoint.address().is_v6() ? "[" + address + "]" : address;
  return host + ":" + std::to_string(endpoint.port());
}

}  // namespace scwsim::links

// HOST:PORT, as people write it, and connections to it and from it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace scwsim::links {

/// An address and a port of the raw card link.
using Endpoint = boost::asio::ip::tcp::endpoint;

/// Reads "127.0.0.1:35963", "[::1]:35963" or "localhost:35963"; no other names, as
/// no resolver is asked. Nothing when it is none of these.
std::optional<Endpoint> parse_endpoint(std::string_view text);

/// The same, written.
std::string to_string(const Endpoint& endpoint);

}  // namespace scwsim::links

#include "tests/support/raw_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/process.h"

namespace scwsim::tests {

namespace {

// A connected socket, or -1.
int connected_socket(uint16_t port, bool ipv6) {
  const int socket = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
  const timeval patience{std::chrono::seconds(kPatience).count(), 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const int at_once = 1;  // each octet in a segment of its own, if it was sent so
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  int connected = -1;
  if (ipv6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    connected = connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected = connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  if (connected == 0) return socket;
  close(socket);
  return -1;
}

}  // namespace

RawConnection::RawConnection(uint16_t port, bool ipv6) : socket_(connected_socket(port, ipv6)) {
  REQUIRE(socket_ >= 0);
}

RawConnection::RawConnection(uint16_t port, std::chrono::seconds patience) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (socket_ < 0 && std::chrono::steady_clock::now() < give_up) {
    socket_ = connected_socket(port, false);
    if (socket_ < 0) std::this_thread::yield();
  }
  REQUIRE(socket_ >= 0);
}

RawConnection::~RawConnection() {
  if (socket_ >= 0) close(socket_);
}

void RawConnection::send(std::string_view octets) { REQUIRE(try_send(octets)); }

bool RawConnection::try_send(std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t n = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    octets.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

void RawConnection::send_some(std::string_view octets) {
  const timeval briefly{0, 200'000};
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &briefly, sizeof briefly);
  while (!octets.empty()) {
    const ssize_t n = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    octets.remove_prefix(static_cast<size_t>(n));
  }
}

void RawConnection::finish_sending() { shutdown(socket_, SHUT_WR); }

void RawConnection::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(socket_);
  socket_ = -1;
}

bool RawConnection::fill() {
  char buffer[16384];
  const ssize_t n = recv(socket_, buffer, sizeof buffer, 0);
  if (n > 0) received_.append(buffer, static_cast<size_t>(n));
  ended_ = n == 0;
  return n > 0;
}

const std::string& RawConnection::read(size_t enough) {
  while (received_.size() < enough && fill()) {
  }
  return received_;
}

const std::string& RawConnection::read_until(std::string_view text) {
  while (received_.find(text) == std::string::npos && fill()) {
  }
  return received_;
}

const std::string& RawConnection::read_all() {
  while (fill()) {
  }
  return received_;
}

std::string RawConnection::take_response() {
  read_until("\r\n\r\n");
  const size_t head = received_.find("\r\n\r\n");
  if (head == std::string::npos) return std::exchange(received_, "");
  constexpr std::string_view kLength = "Content-Length: ";
  constexpr std::string_view kChunked = "Transfer-Encoding: chunked";
  size_t size = head + 4;
  if (const size_t at = received_.find(kLength); at < head) {
    size += std::stoul(received_.substr(at + kLength.size()));
    read(size);
  } else if (received_.find(kChunked) < head) {
    for (size_t chunk = 1; chunk != 0;) {
      while (received_.find("\r\n", size) == std::string::npos && fill()) {
      }
      const size_t line_end = received_.find("\r\n", size);
      if (line_end == std::string::npos) break;
      chunk = std::stoul(received_.substr(size), nullptr, 16);
      size = line_end + 2 + chunk + 2;
      read(size);
    }
  }
  std::string response = received_.substr(0, size);
  received_.erase(0, size);
  return response;
}

}  // namespace scwsim::tests

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "tools/lab/ready_file.h"
#include "tools/scwsim/apdu_log.h"
#include "tools/scwsim/commands.h"

namespace scwsim::cli {

namespace {

std::string url(std::string_view scheme, std::string_view host, uint16_t port) {
  return std::string(scheme) + "://" + std::string(host) + ":" + std::to_string(port) + "/";
}

// Before a card elsewhere is tried again.
constexpr std::chrono::milliseconds kPauseBeforeNextTry{500};

std::string listen_for_card(lab::Lab& lab, const std::string& where) {
  const links::Endpoint endpoint = listening_endpoint_from(where);
  try {
    return links::to_string(lab.listen(endpoint));
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("--listen " + where + ": " + error.what());
  }
}

}  // namespace

int run_terminal(const LabOptions& options) {
  start_log();
  const bool own_card = options.connect.empty() && options.listen.empty();
  boost::asio::io_context io;
  boost::asio::steady_timer again(io);
  int status = 0;
  ApduLog log;
  std::unique_ptr<lab::Lab> lab;
  std::string link;  // where cards are waited for

  const auto announce = [&] {
    if (options.ready_file.empty()) return;
    const std::string iccid = lab->terminal().ready() ? lab->iccid() : "";
    try {
      lab::write_ready_file(options.ready_file, {{.iccid = iccid,
                                                  .http = lab->http_address(),
                                                  .https = lab->https_address(),
                                                  .link = link}});
    } catch (const std::exception& error) {
      spdlog::error("{}", error.what());
      status = 1;
      io.stop();
    }
  };
  // Where a card may connect to is told all the time.
  const auto withdraw = [&] {
    if (link.empty()) return clear_ready_file(options.ready_file);
    announce();
  };

  std::vector<uint16_t> https_ports;
  const auto is_https = [&https_ports](uint16_t card_port) {
    return std::ranges::find(https_ports, card_port) != https_ports.end();
  };

  bool settled = false;
  terminal::Hooks hooks;
  hooks.on_lost = [&](std::string_view reason) {
    settled = false;
    if (own_card) {
      spdlog::error("the card is lost: {}", reason);
      status = 1;
      return io.stop();
    }
    // A card elsewhere may come back.
    spdlog::warn("the card is lost: {}; it will be tried again", reason);
    withdraw();
    again.expires_after(kPauseBeforeNextTry);
    again.async_wait([&](const boost::system::error_code& error) {
      if (!error) lab->start();
    });
  };
  hooks.on_ready = [&] { spdlog::info("card: ICCID {}", lab->iccid()); };
  hooks.on_listening = [&](uint16_t card_port, uint16_t host_port) {
    if (status != 0) return;  // the end is near
    const std::string_view scheme = is_https(card_port) ? "https" : "http";
    spdlog::info("gateway: {} and {} reach the card's port {}", url(scheme, "127.0.0.1", host_port),
                 url(scheme, "[::1]", host_port), card_port);
    if (settled) announce();
  };
  hooks.on_port_unavailable = [&](uint16_t card_port, uint16_t host_port, std::string_view reason) {
    if (status != 0) return;  // the card asks once for each of its channels
    spdlog::error(
        "port {} of this host, for the card's port {}: {}; choose another with --{}-port N "
        "(0: any free one)",
        host_port, card_port, reason, is_https(card_port) ? "https" : "http");
    status = 1;
    io.stop();
  };
  hooks.on_settled = [&] {
    if (status != 0) return;
    settled = true;
    announce();
    if (lab->http_address().empty()) spdlog::warn("{}", kDoesNotListen);
  };

  lab::Config config = lab_from(options);
  https_ports = config.https_ports;
  if (spdlog::should_log(spdlog::level::debug)) config.observer = &log;
  config.on_trace_error = [&](const std::string& problem) {
    spdlog::error("the trace ends here: {}", problem);
    status = 1;
  };
  const std::string what = own_card
                               ? "card: profile \"" + config.card->profile_name + "\""
                               : "terminal: waiting for a card at " + links::to_string(config.link);
  lab = make_lab(io, std::move(config), std::move(hooks));
  clear_ready_file(options.ready_file);
  if (options.listen.empty()) {
    spdlog::info("{}", what);
  } else {
    link = listen_for_card(*lab, options.listen);
    spdlog::info("terminal: listening for a card on {}", link);
    announce();
    if (status != 0) return status;
  }
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    spdlog::info("ending");
    again.cancel();
    lab->stop();
    io.stop();
  });

  lab->start();
  io.run();
  clear_ready_file(options.ready_file);
  return status;
}

}  // namespace scwsim::cli

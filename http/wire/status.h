// Status codes (RFC 9110 §15, RFC 4918 §11.5, RFC 6585 §5) that this server may
// answer with, and what a decoder hands back when it refuses a request.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scwsim::http {

enum class Status : uint16_t {
  kContinue = 100,
  kOk = 200,
  kCreated = 201,
  kNoContent = 204,
  kNotModified = 304,
  kBadRequest = 400,
  kUnauthorized = 401,
  kForbidden = 403,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kRequestTimeout = 408,
  kConflict = 409,
  kLengthRequired = 411,
  kPreconditionFailed = 412,
  kContentTooLarge = 413,
  kUriTooLong = 414,
  kUnsupportedMediaType = 415,
  kExpectationFailed = 417,
  kMisdirectedRequest = 421,
  kHeaderFieldsTooLarge = 431,
  kInternalServerError = 500,
  kNotImplemented = 501,
  kServiceUnavailable = 503,
  kVersionNotSupported = 505,
  kInsufficientStorage = 507,
};

/// A status line as it is sent.
struct StatusRow {
  Status status;
  std::string_view line;  ///< "HTTP/1.1 200 OK"
};

/// All of them, by rising code.
inline constexpr std::array kStatusRows = {
    StatusRow{Status::kContinue, "HTTP/1.1 100 Continue"},
    StatusRow{Status::kOk, "HTTP/1.1 200 OK"},
    StatusRow{Status::kCreated, "HTTP/1.1 201 Created"},
    StatusRow{Status::kNoContent, "HTTP/1.1 204 No Content"},
    StatusRow{Status::kNotModified, "HTTP/1.1 304 Not Modified"},
    StatusRow{Status::kBadRequest, "HTTP/1.1 400 Bad Request"},
    StatusRow{Status::kUnauthorized, "HTTP/1.1 401 Unauthorized"},
    StatusRow{Status::kForbidden, "HTTP/1.1 403 Forbidden"},
    StatusRow{Status::kNotFound, "HTTP/1.1 404 Not Found"},
    StatusRow{Status::kMethodNotAllowed, "HTTP/1.1 405 Method Not Allowed"},
    StatusRow{Status::kRequestTimeout, "HTTP/1.1 408 Request Timeout"},
    StatusRow{Status::kConflict, "HTTP/1.1 409 Conflict"},
    StatusRow{Status::kLengthRequired, "HTTP/1.1 411 Length Required"},
    StatusRow{Status::kPreconditionFailed, "HTTP/1.1 412 Precondition Failed"},
    StatusRow{Status::kContentTooLarge, "HTTP/1.1 413 Content Too Large"},
    StatusRow{Status::kUriTooLong, "HTTP/1.1 414 URI Too Long"},
    StatusRow{Status::kUnsupportedMediaType, "HTTP/1.1 415 Unsupported Media Type"},
    StatusRow{Status::kExpectationFailed, "HTTP/1.1 417 Expectation Failed"},
    StatusRow{Status::kMisdirectedRequest, "HTTP/1.1 421 Misdirected Request"},
    StatusRow{Status::kHeaderFieldsTooLarge, "HTTP/1.1 431 Request Header Fields Too Large"},
    StatusRow{Status::kInternalServerError, "HTTP/1.1 500 Internal Server Error"},
    StatusRow{Status::kNotImplemented, "HTTP/1.1 501 Not Implemented"},
    StatusRow{Status::kServiceUnavailable, "HTTP/1.1 503 Service Unavailable"},
    StatusRow{Status::kVersionNotSupported, "HTTP/1.1 505 HTTP Version Not Supported"},
    StatusRow{Status::kInsufficientStorage, "HTTP/1.1 507 Insufficient Storage"},
};

/// The status line, without line end. Every Status has one.
constexpr std::string_view line_of(Status status) {
  for (const StatusRow& row : kStatusRows) {
    if (row.status == status) return row.line;
  }
  return {};
}

/// Code and reason phrase: "404 Not Found".
constexpr std::string_view title_of(Status status) {
  return line_of(status).substr(std::string_view("HTTP/1.1 ").size());
}

/// The class of a status: 2 for 200.
constexpr size_t class_of(Status status) { return static_cast<size_t>(status) / 100; }

/// Whether a response of that status never has content (RFC 9110 §6.4.1).
constexpr bool is_bodiless(Status status) {
  return class_of(status) == 1 || status == Status::kNoContent || status == Status::kNotModified;
}

namespace detail {
constexpr bool status_rows_are_sorted_and_true() {
  for (size_t i = 0; i < kStatusRows.size(); ++i) {
    const StatusRow& row = kStatusRows[i];
    if (i > 0 && kStatusRows[i - 1].status >= row.status) return false;
    unsigned code = 0;
    for (const char digit : row.line.substr(9, 3)) {
      code = code * 10 + static_cast<unsigned>(digit - '0');
    }
    if (code != static_cast<unsigned>(row.status)) return false;
  }
  return true;
}
static_assert(status_rows_are_sorted_and_true());
}  // namespace detail

/// What every incremental decoder here answers.
enum class Decode : uint8_t {
  kMore,   ///< all right so far; not complete
  kDone,   ///< complete
  kError,  ///< refused, see refusal(); nothing more can be decoded
};

/// Why a request is refused, as the client is told.
struct Refusal {
  Status status = Status::kBadRequest;
  std::string_view reason;  ///< a sentence without full stop; lives as long as the program
};

}  // namespace scwsim::http

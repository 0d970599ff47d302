// The rules of the house, read off the sources: who includes whom, what the card
// side never touches, where raw bytes may be copied, how the code is formatted.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/shared_vectors.h"

namespace scwsim::tests {
namespace {

namespace fs = std::filesystem;

struct SourceFile {
  std::string path;  ///< from the root of the tree
  std::string text;
};

// A folder, and whose headers it may include beside its own. Folders below it
// belong to it. The order of rows is that of the arrows: a folder names only
// those above it, so there is no circle.
struct Room {
  std::string_view folder;
  std::vector<std::string_view> may_include;
};

const std::vector<Room>& rooms() {
  static const std::vector<Room> kRooms = {
      {"card/base", {}},
      {"card/store", {"card/base"}},
      {"card/apdu", {"card/base", "card/store"}},
      {"card/fs", {"card/base", "card/store", "card/apdu"}},
      {"card/cat", {"card/base", "card/store", "card/apdu"}},
      {"card/profile", {"card/base", "card/store", "card/apdu", "card/fs"}},
      {"bip", {"card/base", "card/cat"}},
      {"http", {"card/base", "card/store"}},
      {"card/uicc", {"card", "bip", "http"}},
      {"tools/links", {"card/base"}},
      {"tools/trace", {"card/base", "tools/links"}},
      {"tools/terminal", {"card/base", "card/cat", "tools/links"}},
      {"tools/lab", {"card", "tools/links", "tools/trace", "tools/terminal"}},
      {"tools/scwsim", {"card", "tools"}},
      {"tests", {"card", "bip", "http", "tools"}},
  };
  return kRooms;
}

bool lies_in(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

const Room* room_of(std::string_view path) {
  for (const Room& room : rooms()) {
    if (lies_in(path, room.folder)) return &room;
  }
  return nullptr;
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    found.push_back((*it)[it->size() > 1 ? 1 : 0].str());
  }
  return found;
}

// Each include that runs against the arrows, as "file -> header".
std::vector<std::string> wrong_arrows(const std::vector<SourceFile>& sources) {
  static const std::regex kInclude("#include \"([^\"]+)\"");
  std::vector<std::string> wrong;
  for (const SourceFile& source : sources) {
    const Room* room = room_of(source.path);
    if (room == nullptr) {
      wrong.push_back(source.path + ": in no room of the house");
      continue;
    }
    for (const std::string& header : matches(source.text, kInclude)) {
      const bool allowed =
          lies_in(header, room->folder) ||
          std::ranges::any_of(room->may_include, [&](auto f) { return lies_in(header, f); });
      if (!allowed) wrong.push_back(source.path + " -> " + header);
    }
  }
  return wrong;
}

// What a card must not touch: the world, the clock, entropy of its own.
std::vector<std::string> worldly_includes(const std::vector<SourceFile>& sources) {
  static const std::regex kInclude("#include <([^>]+)>");
  static const std::set<std::string> kAllowed = {
      // language and containers
      "algorithm", "array", "bit", "cassert", "charconv", "compare", "concepts", "cstddef",
      "cstdint", "functional", "initializer_list", "limits", "map", "memory", "new", "optional",
      "set", "span", "stdexcept", "string", "string_view", "utility", "variant", "vector",
      // libraries without I/O
      "mbedtls/error.h", "mbedtls/md5.h", "mbedtls/oid.h", "mbedtls/pk.h", "mbedtls/platform.h",
      "mbedtls/sha256.h", "mbedtls/ssl.h", "mbedtls/ssl_internal.h", "mbedtls/version.h",
      "mbedtls/x509_crt.h", "nlohmann/json.hpp"};
  std::vector<std::string> wrong;
  for (const SourceFile& source : sources) {
    const bool card_side = lies_in(source.path, "card") || lies_in(source.path, "bip") ||
                           lies_in(source.path, "http") || lies_in(source.path, "admin");
    if (!card_side) continue;
    for (const std::string& header : matches(source.text, kInclude)) {
      if (!kAllowed.contains(header)) wrong.push_back(source.path + " -> <" + header + ">");
    }
  }
  return wrong;
}

// Copies and casts of raw memory outside the one reader and writer; the sockets
// interface of the system asks for such casts, in one file of the tests.
std::vector<std::string> raw_memory(const std::vector<SourceFile>& sources) {
  static const std::regex kRaw("\\b(memcpy|memmove|reinterpret_cast)\\b");
  std::vector<std::string> wrong;
  for (const SourceFile& source : sources) {
    if (source.path == "card/base/bytes.h" || source.path == "tests/support/raw_connection.cpp" ||
        source.path == "tests/unit/house_rules.cpp") {
      continue;
    }
    for (const std::string& word : matches(source.text, kRaw)) {
      wrong.push_back(source.path + ": " + word);
    }
  }
  return wrong;
}

std::vector<SourceFile> sources() {
  const fs::path root = SCWSIM_SOURCE_DIR;
  std::vector<SourceFile> all;
  for (const char* folder : {"card", "bip", "http", "admin", "tools", "tests"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      all.push_back(
          {fs::relative(entry.path(), root).generic_string(), read_text(entry.path().string())});
    }
  }
  return all;
}

using Wrong = std::vector<std::string>;

TEST_CASE("house: includes follow the arrows of the design") {
  REQUIRE(sources().size() > 100);
  CHECK(wrong_arrows(sources()) == Wrong{});

  SECTION("and one that does not is seen") {
    CHECK(wrong_arrows({{"http/x.cpp", "#include \"bip/channel.h\"\n"}}) ==
          Wrong{"http/x.cpp -> bip/channel.h"});
    CHECK(wrong_arrows({{"card/fs/x.h", "#include \"card/uicc/uicc.h\"\n"}}) ==
          Wrong{"card/fs/x.h -> card/uicc/uicc.h"});
    CHECK(wrong_arrows({{"card/uicc/x.h", "#include \"tools/lab/lab.h\"\n"}}) ==
          Wrong{"card/uicc/x.h -> tools/lab/lab.h"});
    CHECK(wrong_arrows({{"utils/x.h", ""}}) == Wrong{"utils/x.h: in no room of the house"});
  }
}

TEST_CASE("house: the card side has no sockets, files, threads, clock or entropy") {
  CHECK(worldly_includes(sources()) == Wrong{});
  CHECK(worldly_includes({{"card/cat/x.cpp", "#include <chrono>\n"}}) ==
        Wrong{"card/cat/x.cpp -> <chrono>"});
}

TEST_CASE("house: raw memory is copied and cast in one place") {
  CHECK(raw_memory(sources()) == Wrong{});
  CHECK(raw_memory({{"bip/x.cpp", "std::memcpy(a, b, 1);"}}) == Wrong{"bip/x.cpp: memcpy"});
}

TEST_CASE("house: the code is formatted") {
  if (!have_program("clang-format-14")) return;
  std::vector<std::string> command = {"clang-format-14", "--dry-run", "--Werror"};
  for (const SourceFile& source : sources()) {
    command.push_back(SCWSIM_SOURCE_DIR "/" + source.path);
  }
  Process format(command);
  CHECK(format.wait() == 0);
  CHECK(format.errors() == "");
}

}  // namespace
}  // namespace scwsim::tests

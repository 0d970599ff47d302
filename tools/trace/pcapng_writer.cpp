#include "tools/trace/pcapng_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace scwsim::trace {

namespace {

constexpr uint32_t kSectionHeader = 0x0A0D0D0A;
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr uint16_t kLinkTypeIpv4 = 228;
constexpr uint16_t kOptionComment = 1;
constexpr uint16_t kOptionTimeResolution = 9;
constexpr uint8_t kNanoseconds = 9;
constexpr size_t kBlockFrame = 12;  // type and both lengths

size_t padding(size_t size) { return (4 - size % 4) % 4; }

// One block: type, length, body, length again. Numbers are big endian, which the
// section header declares; a body is padded to whole words.
class Block {
 public:
  explicit Block(uint32_t type, size_t body)
      : octets_(kBlockFrame + body + padding(body)), writer_(octets_) {
    writer_.u32(type);
    writer_.u32(static_cast<uint32_t>(octets_.size()));
  }

  ByteWriter& body() { return writer_; }

  void padded(Bytes bytes) {
    writer_.bytes(bytes);
    for (size_t n = padding(bytes.size()); n > 0; --n) writer_.u8(0);
  }

  Bytes finish() {
    writer_.u32(static_cast<uint32_t>(octets_.size()));
    return writer_.written();
  }

 private:
  std::vector<uint8_t> octets_;
  ByteWriter writer_;
};

std::string reason(const std::string& path, int code) {
  return path + ": " + std::generic_category().message(code);
}

}  // namespace

PcapngWriter::~PcapngWriter() {
  if (file_ >= 0) ::close(file_);
}

std::optional<std::string> PcapngWriter::open(const std::string& path) {
  path_ = path;
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW,
                 S_IRUSR | S_IWUSR);
  if (file_ < 0) return reason(path, errno);
  struct stat status {};
  if (::fstat(file_, &status) != 0) return reason(path, errno);
  if (!S_ISREG(status.st_mode)) return path + ": not a regular file";
  if (::fchmod(file_, S_IRUSR | S_IWUSR) != 0 || ::ftruncate(file_, 0) != 0) {
    return reason(path, errno);
  }

  Block section(kSectionHeader, 16);
  section.body().u32(kByteOrderMagic);
  section.body().u16(1);  // version 1.0
  section.body().u16(0);
  section.body().u32(0xFFFFFFFF);  // section length: not known
  section.body().u32(0xFFFFFFFF);
  put(section.finish());

  Block interface(kInterfaceDescription, 20);
  interface.body().u16(kLinkTypeIpv4);
  interface.body().u16(0);
  interface.body().u32(0);  // no snap length
  interface.body().u16(kOptionTimeResolution);
  interface.body().u16(1);
  interface.padded(std::array{kNanoseconds});
  interface.body().u32(0);  // end of options
  put(interface.finish());
  return error_;
}

void PcapngWriter::write(Time time, Bytes packet, std::string_view comment) {
  if (file_ < 0 || error_) return;
  const size_t options = comment.empty() ? 0 : 4 + comment.size() + padding(comment.size()) + 4;
  Block block(kEnhancedPacket, 20 + packet.size() + padding(packet.size()) + options);
  const auto nanoseconds = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
  block.body().u32(0);  // interface
  block.body().u32(static_cast<uint32_t>(nanoseconds >> 32));
  block.body().u32(static_cast<uint32_t>(nanoseconds));
  block.body().u32(static_cast<uint32_t>(packet.size()));  // captured
  block.body().u32(static_cast<uint32_t>(packet.size()));  // original
  block.padded(packet);
  if (!comment.empty()) {
    block.body().u16(kOptionComment);
    block.body().u16(static_cast<uint16_t>(comment.size()));
    block.padded(as_bytes(comment));
    block.body().u32(0);  // end of options
  }
  put(block.finish());
}

void PcapngWriter::put(Bytes block) {
  while (!block.empty()) {
    const ssize_t n = ::write(file_, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      error_ = reason(path_, n < 0 ? errno : ENOSPC);
      return;
    }
    block = block.subspan(static_cast<size_t>(n));
  }
}

}  // namespace scwsim::trace

// The instruction table: the only place where an instruction of the card becomes
// known (TS 102 221 §10.1.2).
#pragma once

#include <span>
#include <string_view>

#include "card/apdu/command.h"
#include "card/apdu/response.h"

namespace scwsim {

struct Parts;

/// What a command carries: data to the card, data from it (TS 102 221 §7.3.1.1).
enum class Shape : uint8_t {
  kCase2,  ///< nothing in, data out
  kCase3,  ///< data in, nothing out
  kCase4,  ///< data in, data out; without Le the answer waits for GET RESPONSE
};

struct Instruction {
  std::string_view name;
  apdu::Class cla;
  uint8_t ins;
  Shape shape;
  void (*run)(Parts& card, const apdu::Command& command, apdu::Response& response);
};

/// All instructions, for tests and documentation.
std::span<const Instruction> instructions();

/// The instruction for a class and INS; null with `class_known` telling whether
/// any instruction has that class.
const Instruction* find_instruction(apdu::Class cla, uint8_t ins, bool& class_known);

}  // namespace scwsim

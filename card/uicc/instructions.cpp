#include "card/uicc/instructions.h"

#include <array>

#include "card/uicc/parts.h"

namespace scwsim {

namespace {

using apdu::Class;
using apdu::Command;
using apdu::Response;
namespace sw = apdu::sw;

void status(Parts& card, const Command& command, Response& response) {
  card.files.status(command, response);
  // The terminal's polling is the only clock that a card has. What is asked for
  // again with the right Le (6C XX) is one poll, not two.
  const bool whole = response.size() == 0 || response.size() == command.le;
  if (sw::is_success(response.status()) && whole) card.toolkit.poll();
}

void get_challenge(Parts& card, const Command& command, Response& response) {
  if (command.p1 != 0 || command.p2 != 0) return response.end(sw::kWrongP1P2);
  card.random.fill(response.data().append(std::min(command.le, apdu::kMaxShortLe)));
  response.end(sw::kOk);
}

// The commands of the toolkit have no parameters (TS 102 221 §11.2).
template <void (cat::Toolkit::*Run)(const Command&, Response&)>
void toolkit(Parts& card, const Command& command, Response& response) {
  if (command.p1 != 0 || command.p2 != 0) return response.end(sw::kWrongP1P2);
  (card.toolkit.*Run)(command, response);
}

template <void (fs::FileCommands::*Run)(const Command&, Response&)>
void files(Parts& card, const Command& command, Response& response) {
  (card.files.*Run)(command, response);
}

constexpr std::array kInstructions = {
    // TS 102 221 §11.1
    Instruction{"SELECT", Class::kInterindustry, 0xA4, Shape::kCase4,
                files<&fs::FileCommands::select>},
    Instruction{"STATUS", Class::kToolkit, 0xF2, Shape::kCase2, status},
    Instruction{"READ BINARY", Class::kInterindustry, 0xB0, Shape::kCase2,
                files<&fs::FileCommands::read_binary>},
    Instruction{"UPDATE BINARY", Class::kInterindustry, 0xD6, Shape::kCase3,
                files<&fs::FileCommands::update_binary>},
    Instruction{"READ RECORD", Class::kInterindustry, 0xB2, Shape::kCase2,
                files<&fs::FileCommands::read_record>},
    Instruction{"UPDATE RECORD", Class::kInterindustry, 0xDC, Shape::kCase3,
                files<&fs::FileCommands::update_record>},
    Instruction{"GET CHALLENGE", Class::kInterindustry, 0x84, Shape::kCase2, get_challenge},
    // TS 102 221 §11.2
    Instruction{"TERMINAL PROFILE", Class::kToolkit, 0x10, Shape::kCase3,
                toolkit<&cat::Toolkit::terminal_profile>},
    Instruction{"ENVELOPE", Class::kToolkit, 0xC2, Shape::kCase4, toolkit<&cat::Toolkit::envelope>},
    Instruction{"FETCH", Class::kToolkit, 0x12, Shape::kCase2, toolkit<&cat::Toolkit::fetch>},
    Instruction{"TERMINAL RESPONSE", Class::kToolkit, 0x14, Shape::kCase3,
                toolkit<&cat::Toolkit::terminal_response>},
};

}  // namespace

std::span<const Instruction> instructions() { return kInstructions; }

const Instruction* find_instruction(Class cla, uint8_t ins, bool& class_known) {
  class_known = false;
  for (const Instruction& instruction : kInstructions) {
    if (instruction.cla != cla) continue;
    class_known = true;
    if (instruction.ins == ins) return &instruction;
  }
  return nullptr;
}

}  // namespace scwsim

// How many commands a card answers in process. The yardstick in the same run is
// the least that anything called through the same interface could do: 9000 to
// everything.
#include <benchmark/benchmark.h>

#include <array>

#include "tests/support/card_under_test.h"

namespace {

using namespace scwsim;
using tests::CardUnderTest;

[[gnu::noinline]] Bytes transmit_9000(Bytes command) {
  static constexpr std::array<uint8_t, 2> kAnswer{0x90, 0x00};
  benchmark::DoNotOptimize(command);
  return kAnswer;
}

void only_9000(benchmark::State& state) {
  const auto command = *from_hex("00B000000A");
  for (auto _ : state) benchmark::DoNotOptimize(transmit_9000(command));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(only_9000);

void run(benchmark::State& state, CardUnderTest& test, std::string_view digits,
         std::string_view status) {
  const auto command = *from_hex(digits);
  if (test.status(digits) != status) return state.SkipWithError("unexpected status word");
  for (auto _ : state) benchmark::DoNotOptimize(test.card.transmit(command));
  state.SetItemsProcessed(state.iterations());
}

void read_binary_10(benchmark::State& state) {
  CardUnderTest test;
  test.apdu("00A40004022FE2");
  run(state, test, "00B000000A", "9000");
}
BENCHMARK(read_binary_10);

void select_mf(benchmark::State& state) {
  CardUnderTest test;
  run(state, test, "00A4000C023F00", "9000");
}
BENCHMARK(select_mf);

void select_mf_with_fcp(benchmark::State& state) {
  CardUnderTest test;
  run(state, test, "00A40004023F0000", "9000");
}
BENCHMARK(select_mf_with_fcp);

}  // namespace

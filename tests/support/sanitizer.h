// What tests must know of a build with sanitizers.
#pragma once

namespace scwsim::tests {

/// AddressSanitizer keeps memory that was freed for a while: how much a program holds
/// says nothing of leaks then, which it finds by itself.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kKeepsFreedMemory = true;
#else
inline constexpr bool kKeepsFreedMemory = false;
#endif

}  // namespace scwsim::tests

// The one translation unit that holds Catch2's main function: it compiles slowly.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

// The least that does what `scwsim card` does first: prints an ATR, and ends when
// its standard input does.
#include <iostream>
#include <string>

int main() {
  std::cout << "ATR 3B9E96801FC78031E073FE21006673637773696DDB" << std::endl;
  for (std::string line; std::getline(std::cin, line);) std::cout << "9000" << std::endl;
  return 0;
}

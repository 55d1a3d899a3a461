// SPDX-License-Identifier: MIT
#include <flowgauge/program.hpp>

int main(int argc, char** argv) { return flowgauge::program(argc, argv); }

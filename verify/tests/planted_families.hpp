// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/subject.hpp>

#include <optional>
#include <string>

/// The wrong layers by name, in several units: each is compiled for every number that verify knows, which takes its time.
namespace flowgauge::verify::defects {

std::optional<Family> family_of_layers(const std::string& name);
std::optional<Family> family_of_linear(const std::string& name);
std::optional<Family> family_of_numbers(const std::string& name);
std::optional<Family> family_of_bends(const std::string& name);

}  // namespace flowgauge::verify::defects

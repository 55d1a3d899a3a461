// SPDX-License-Identifier: MIT
#include "connection.hpp"

#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

namespace flowgauge::verify {
namespace {

using nlohmann::json;

/// What is wrong with the header of an answer; nothing: it announces what was asked for.
std::string mismatch(const json& header, const std::string& dtype, std::size_t width, const std::vector<Shape>& wanted) {
  json sizes = json::array();
  std::size_t bytes = 0;
  for (const Shape& s : wanted) sizes.push_back({s.name, s.size}), bytes += static_cast<std::size_t>(s.count()) * width;
  const json got = header.contains("arrays") ? header["arrays"] : json();
  const json type = header.contains("dtype") ? header["dtype"] : json();
  if (got == sizes && type == dtype && header["bytes"].get<std::size_t>() == bytes) return {};
  return fmt::format("asked for {} of {}, {} bytes; got {} of {}, {} bytes", sizes.dump(), dtype, bytes, got.dump(),
                     type.is_string() ? type.get<std::string>() : type.dump(), header["bytes"].get<std::size_t>());
}

}  // namespace

void Connection::forget() {
  child_.reset();
  told_.reset();
}

void Connection::leave_others() {
  if (!child_ || owner_ == ::getpid()) return;
  child_->abandon();
  forget();
}

json Connection::hello(std::optional<int> dim) {
  leave_others();
  try {
    if (!child_) child_ = std::make_unique<Child>(words_, limits_), owner_ = ::getpid();
    json question{{"op", "hello"}, {"protocol", protocol}, {"dtype", "f64"}, {"arrays", json::array()}};
    if (dim) question["dim"] = *dim;
    return child_->ask(std::move(question), {}, limits_.hello_seconds).header;
  } catch (const SubjectFault& fault) {
    forget();
    if (fault.kind == "died") throw SubjectFault("no_start", "it left before it said what it is; " + std::string(fault.what()), fault.said);
    throw;
  }
}

std::vector<double> Connection::ask(const Question& question, bool in_float) {
  leave_others();
  if (!child_) hello({});
  const std::string dtype = in_float ? "f32" : "f64";
  const std::size_t width = in_float ? 4 : 8;
  json arrays = json::array();
  for (const Shape& s : question.given) arrays.push_back({s.name, s.size});
  std::string block(question.numbers.size() * width, '\0');
  for (std::size_t k = 0; k < question.numbers.size(); ++k) {
    const auto small = static_cast<float>(question.numbers[k]);
    std::memcpy(block.data() + k * width, in_float ? static_cast<const void*>(&small) : &question.numbers[k], width);
  }
  json header{{"op", question.op}, {"dtype", dtype}, {"arrays", arrays}};
  if (!question.with.is_null()) header["with"] = question.with;
  const auto fits = [&](const json& answer) { return mismatch(answer, dtype, width, question.wanted); };
  Frame frame;
  try {
    frame = child_->ask(std::move(header), block, limits_.call_seconds, fits);
  } catch (const SubjectFault& fault) {
    if (fault.kind != "refused") forget();
    throw;
  }
  std::vector<double> result(frame.block.size() / width);
  for (std::size_t k = 0; k < result.size(); ++k) {
    float small = 0;
    if (in_float) std::memcpy(&small, frame.block.data() + k * width, width), result[k] = small;
    else std::memcpy(&result[k], frame.block.data() + k * width, width);
  }
  return result;
}

void Connection::set_parameters(std::span<const double> theta, int dim, bool in_float) {
  leave_others();
  std::tuple now{std::vector<double>(theta.begin(), theta.end()), dim, in_float};
  if (child_ && told_ == now) return;
  told_.reset();  // a child that refuses them has others, or none
  ask({"set_parameters", {{"theta", {static_cast<Index>(theta.size())}}}, std::get<0>(now), {}, {{"dim", dim}}}, in_float);
  told_ = std::move(now);
}

}  // namespace flowgauge::verify

// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/model.hpp>

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

namespace flowgauge {
namespace {

constexpr const char* spec = "triangular coupling(rational_quadratic_spline(bins=3), hidden=[4]) planar permutation softlog(steepness=trained)";

template <class S>
Flow<S> trained() {
  Flow<S> flow = make_flow<S>(spec, 3);
  flow.randomise(11, 1);
  return flow;
}
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}
std::string refusal(const std::string& text) {
  try {
    parse_model(text, "m.json");
  } catch (const DataError& e) {
    return e.what();
  }
  return "no refusal";
}

TEST(Model, LoadsTheSameBits) {
  const Flow<double> wide = trained<double>();
  Model m = to_model(wide);
  m.notes = {{"seed", "11"}};
  const Model back = parse_model(model_text(m), "m.json");
  EXPECT_EQ(back.theta, m.theta);
  EXPECT_EQ(back.notes, m.notes);
  EXPECT_EQ(to_flow<double>(back).text(), wide.text());
  const Flow<float> narrow = trained<float>();
  const Flow<float> narrow_back = to_flow<float>(parse_model(model_text(to_model(narrow)), "m.json"));
  for (std::size_t k = 0; k < narrow.theta().size(); ++k)
    EXPECT_EQ(narrow_back.theta()[k], narrow.theta()[k]) << narrow.parameter_name(static_cast<Index>(k));
}

TEST(Model, IsWrittenWholeOrNotAtAll) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "flowgauge_model_test";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "m.json").string();
  const Model m = to_model(trained<double>());
  save_model(m, path);
  EXPECT_EQ(load_model(path).theta, m.theta);
  EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
  EXPECT_THROW(save_model(m, (folder / "absent" / "m.json").string()), DataError);
  Model broken = m;
  broken.theta[0] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(save_model(broken, path), DataError);
  EXPECT_EQ(load_model(path).theta, m.theta);
  std::filesystem::remove_all(folder);
  EXPECT_THROW(load_model(path), DataError);
}

// The sentences, as people read them.
TEST(ModelErrors, SayWhatIsWrong) {
  const std::string text = model_text(to_model(trained<double>()));
  using ::testing::HasSubstr;
  EXPECT_THAT(refusal(text.substr(0, text.size() / 2)), HasSubstr(": not JSON"));
  EXPECT_EQ(refusal("{}"), "m.json: not a flowgauge model (no \"format\": \"flowgauge-model\")");
  EXPECT_EQ(refusal(replaced(text, "\"version\": 1", "\"version\": 2")), "m.json: model version 2, this program reads version 1");
  EXPECT_EQ(refusal(replaced(text, "\"dim\": 3", "\"dim\": \"three\"")), "m.json: the field 'dim' has the wrong type (string)");
  EXPECT_THAT(refusal(replaced(text, "\"flow\": \"triangular", "\"flow\": \"triangulr")), HasSubstr("did you mean 'triangular'"));
  EXPECT_THAT(refusal(replaced(text, "\"log_diagonal\": [", "\"log_diagonal\": [ 1.0,")),
              HasSubstr("m.json: layer 1 (triangular): block 'log_diagonal' needs 3 numbers, the file has 4"));
  EXPECT_THAT(refusal(replaced(text, "\"log_diagonal\"", "\"diagonal\"")), HasSubstr("layer 1 (triangular): the field 'log_diagonal' is missing"));
  EXPECT_THAT(refusal(replaced(text, "\"dim\": 3", "\"dim\": 2")), HasSubstr("layer 1 (triangular): block 'log_diagonal' needs 2 numbers"));
}

}  // namespace
}  // namespace flowgauge

// SPDX-License-Identifier: MIT
// What the user got wrong: exit 2, one sentence on stderr, nothing on stdout, nothing left behind.
#include "process.hpp"

#include <zlib.h>

#include <gmock/gmock.h>

namespace flowgauge::cli_tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Refused with this sentence; the folder holds what it held before.
void expect_refused(const Folder& folder, const std::vector<std::string>& arguments, const std::string& sentence, int code = 2) {
  const std::vector<std::string> before = folder.content();
  const Ran ran = run(folder, arguments);
  EXPECT_EQ(ran.code, code) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, StartsWith(sentence));
  EXPECT_EQ(ran.err.find("terminate called"), std::string::npos) << ran.err;
  EXPECT_EQ(folder.content(), before);
}

const std::string data = "1,2\n3,4\n0,1\n2,2.5\n-1,0.5\n4,1\n";

TEST(BadInput, UnknownCommand) {
  expect_refused(
      Folder(), {"lsit"},
      "flowgauge: unknown command 'lsit'; did you mean 'list'? command is one of: list, show, sample, eval, fit, palette, run, report, compare, "
      "verify, bench, new\n");
}
TEST(BadInput, UnknownOption) {
  expect_refused(Folder(), {"sample", "normal", "--sed", "3"}, "flowgauge sample: unknown option '--sed'; did you mean '--seed'?");
}
TEST(BadInput, OneArgumentTooMany) {
  expect_refused(Folder(), {"sample", "normal", "laplace"}, "flowgauge sample: the argument 'laplace' is one too many\n");
}
TEST(BadInput, OptionGivenTwice) {
  expect_refused(Folder(), {"sample", "normal", "--seed", "3", "--seed", "4"}, "flowgauge sample: --seed is given 2 times; give it once\n");
}
TEST(BadInput, RowsThatAModelDoesNotFit) {
  const Folder folder;
  ASSERT_EQ(run(folder, {"fit", "--source", "laplace", "--flow", "affine", "--steps", "1", "--out", "m"}).code, 0);
  folder.write("xy.csv", "1,2\n");
  expect_refused(folder, {"eval", "m/model.json", "--input", "xy.csv"}, "flowgauge eval: xy.csv has 2 columns, the model m/model.json has dim 1\n");
  expect_refused(folder, {"eval", "m/model.json", "--input", "xy.csv", "--source", "seed_mvn"},
                 "flowgauge eval: the model has dim 1, the source 'seed_mvn' has dim 2\n");
  expect_refused(folder, {"eval", "m/model.json", "--input", "xy.csv", "--trace", "--inverse"}, "flowgauge eval: --trace follows");
}
TEST(BadInput, NothingToCompare) {
  const Folder folder;
  folder.write("a.csv", "x,y\n1,2\n");
  expect_refused(folder, {"compare", "a.csv", "b.csv"}, "flowgauge compare: b.csv: expected a table or the folder of a run, got nothing there\n");
  expect_refused(folder, {"compare", "a.csv", "a.csv"}, "flowgauge compare: a.csv and a.csv hold no table of the same kind; kinds are");
}
TEST(BadInput, OptionsThatDoNotGoTogether) {
  expect_refused(Folder(), {"fit", "--source", "normal", "--flow", "affine", "--held-out", "0.1"},
                 "flowgauge fit: --held-out needs --data: a source is judged on fresh rows, --n-eval of them\n");
  expect_refused(Folder(), {"fit", "--source", "normal", "--flow", "affine", "--epochs", "3"}, "flowgauge fit: --epochs needs --data: ");
}
TEST(BadInput, MissingArgument) {
  expect_refused(Folder(), {"fit", "--source", "normal"}, "flowgauge fit: --flow is required\n");
  expect_refused(Folder(), {"run"}, "flowgauge run: grid is required\n");
  expect_refused(Folder(), {"fit", "--flow", "affine"}, "flowgauge fit: expected either --data FILE or --source NAME; got neither\n");
}
TEST(BadInput, UnknownSource) {
  expect_refused(Folder(), {"sample", "cauchi"}, "flowgauge sample: unknown source 'cauchi'; did you mean 'cauchy'? source is one of: ");
}
TEST(BadInput, UnknownLayer) {
  expect_refused(Folder(), {"fit", "--source", "normal", "--flow", "triangular softlgo"},
                 "flowgauge fit: unknown layer 'softlgo'; did you mean 'softlog'? layer is one of: ");
  expect_refused(Folder(), {"show", "softlgo"}, "flowgauge show: unknown name 'softlgo'; did you mean 'softlog'?");
}
TEST(BadInput, UnknownOptionOfALayer) {
  expect_refused(Folder(), {"fit", "--source", "normal", "--flow", "affine(clmap=1)"},
                 "flowgauge fit: affine: unknown option 'clmap'; did you mean 'clamp'? option is one of: clamp\n");
  expect_refused(Folder(), {"sample", "laplace(scale=-1)"},
                 "flowgauge sample: laplace: option 'scale' expects a number from 1e-06 to 1000000; got -1\n");
}
TEST(BadInput, FlowThatDoesNotParse) { expect_refused(Folder(), {"fit", "--source", "normal", "--flow", "3*(affine"}, "flowgauge fit: "); }
TEST(BadInput, UnknownLaw) {
  const Folder folder;
  const Ran ran = run(folder, {"verify", "--only", "affine", "--law", "log_det_matches_jacobain"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("log_det_matches_jacobian"));
  EXPECT_TRUE(folder.content().empty());
}
TEST(BadInput, UnknownLayerToVerifyOrTime) {
  for (const char* const command : {"verify", "bench"}) {
    const Folder folder;
    const Ran ran = run(folder, {command, "--only", "softlgo"});
    EXPECT_EQ(ran.code, 2) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("softlgo"));
    EXPECT_TRUE(folder.content().empty());
  }
}
TEST(BadInput, UnknownWord) {
  expect_refused(Folder(), {"bench", "--dtype", "float23"}, "flowgauge bench: unknown value of --dtype 'float23'; did you mean 'float32'?");
}

TEST(BadInput, NumbersOutOfRange) {
  expect_refused(Folder(), {"sample", "normal", "-n", "-3"}, "flowgauge sample: --rows expects a whole number from 0 to 1000000000; got '-3'\n");
  expect_refused(Folder(), {"sample", "normal", "-n", "ten"}, "flowgauge sample: --rows expects a whole number from 0 to 1000000000; got 'ten'\n");
  expect_refused(Folder(), {"sample", "normal", "--seed", "2147483648"},
                 "flowgauge sample: --seed expects a whole number from 0 to 2147483647; got '2147483648'\n");
  expect_refused(Folder(), {"fit", "--source", "normal", "--flow", "affine", "--lr", "nan"},
                 "flowgauge fit: --learning-rate expects a number from 1e-12 to 1000; got 'nan'\n");
  expect_refused(Folder(), {"verify", "-j", "0"}, "flowgauge verify: --jobs expects a whole number from 1 to 4096; got '0'\n");
}

TEST(BadInput, GridKeyWithItsLine) {
  const Folder folder;
  folder.write("grid.toml", "[flows]\na = \"triangular\"\n\n[[cells]]\nsources = [\"normal\"]\nflwos = [\"a\"]\n");
  const std::vector<std::string> before = folder.content();
  const Ran ran = run(folder, {"run", "grid.toml", "--out", "out"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, StartsWith("flowgauge run: grid.toml:6: unknown key of cells 'flwos'; did you mean 'flows'? "));
  EXPECT_EQ(folder.content(), before);
}
TEST(BadInput, MissingFiles) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"run", "none.toml"},
                                                                     {"fit", "--data", "none.csv", "--flow", "affine"},
                                                                     {"sample", "none.json"},
                                                                     {"report", "none"},
                                                                     {"verify", "--replay", "none.txt"}}) {
    const Folder folder;
    const Ran ran = run(folder, arguments);
    EXPECT_EQ(ran.code, 2) << arguments[0];
    EXPECT_THAT(ran.err, HasSubstr("none")) << arguments[0];
    EXPECT_TRUE(folder.content().empty()) << arguments[0];
  }
}

TEST(BadInput, WrongDimension) {
  const Folder folder;
  ASSERT_EQ(run(folder, {"fit", "--source", "seed_mvn", "--flow", "triangular", "--steps", "1", "--out", "m"}).code, 0);
  std::string model = read(folder / "m/model.json");
  const std::size_t at = model.find("\"dim\"");
  ASSERT_NE(at, std::string::npos);
  model.replace(model.find('2', at), 1, "3");
  folder.write("wrong.json", model);
  const Ran ran = run(folder, {"sample", "wrong.json"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, StartsWith("flowgauge sample: wrong.json: "));
  expect_refused(folder, {"show", "softlog", "--dim", "0"}, "flowgauge show: --dim expects a whole number from 1 to 100000; got '0'\n");
}

class BadCsv : public ::testing::Test {
 protected:
  /// fit of this text is refused with a sentence that begins with the file's name and then this.
  void refused(const std::string& name, const std::string& text, const std::string& sentence) {
    const Folder folder;
    folder.write(name, text);
    expect_refused(folder, {"fit", "--data", name, "--flow", "triangular", "--out", "out"}, "flowgauge fit: " + name + sentence);
  }
};
TEST_F(BadCsv, Ragged) { refused("a.csv", "1,2\n3,4\n5\n", ":3"); }
TEST_F(BadCsv, Letters) { refused("a.csv", "x,y\n1,2\n3,four\n", ":3"); }
TEST_F(BadCsv, Empty) { refused("a.csv", "", ": "); }
TEST_F(BadCsv, HeaderAlone) { refused("a.csv", "x,y\n", ": "); }
TEST_F(BadCsv, TruncatedGz) {
  const Folder folder;
  std::string text;
  for (int i = 0; i < 4000; ++i) text += std::to_string(i * 7919 % 10007) + "," + std::to_string(i * 104729 % 10009) + "\n";
  gzFile file = gzopen((folder / "whole.csv.gz").c_str(), "wb");
  ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
  gzclose(file);
  const std::string whole = read(folder / "whole.csv.gz");
  refused("cut.csv.gz", whole.substr(0, whole.size() / 2), ": ");
  EXPECT_EQ(run(folder, {"fit", "--data", "whole.csv.gz", "--flow", "triangular", "--steps", "1", "--out", "out"}).code, 0);
}

TEST(BadInput, OutputFolderThatCannotBeWritten) {
  const Folder folder;
  folder.write("file", "");
  folder.write("data.csv", data);
  const std::string grid = std::string(FLOWGAUGE_SOURCE_DIR) + "/bench/grids/quick.toml";
  for (const std::string out : {"file", "file/below", "/proc/flowgauge"}) {
    const std::string sentence = out + ": cannot write into this folder: ";
    expect_refused(folder, {"fit", "--data", "data.csv", "--flow", "triangular", "--out", out}, "flowgauge fit: " + sentence);
    expect_refused(folder, {"run", grid, "--out", out}, "flowgauge run: " + sentence);
    expect_refused(folder, {"bench", "--only", "softlog", "--seconds", "0.001", "--out", out}, "flowgauge bench: " + sentence);
    expect_refused(folder, {"verify", "--only", "softlog", "--cases", "1", "--out", out}, "flowgauge verify: " + sentence);
  }
}
TEST(BadInput, FullDisk) {
  const Folder folder;
  const Ran ran = shell(folder.path(), "flowgauge sample normal -n 100000 >/dev/full");
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "flowgauge sample: cannot write to stdout: No space left on device\n");
}
TEST(BadInput, FullDiskUnderAFolder) {  // a limit on the size of files stands for it
  const Folder folder;
  folder.write("grid.toml", "sources = [\"normal\"]\nseeds = [1]\nflows = [\"triangular\"]\nfit = {steps = 1}\n");
  for (const char* const line : {"flowgauge fit --source normal --flow '40*triangular' --steps 1 --out out",
                                 "flowgauge run grid.toml --out out", "flowgauge verify --only bias --cases 1 --out out"}) {
    const Ran ran = shell(folder.path(), std::string("trap '' XFSZ; ulimit -f 1; ") + line + " 2>&1");
    EXPECT_EQ(ran.code, 2) << line << ran.out;
    EXPECT_THAT(ran.out, HasSubstr("File too large")) << line;
    for (const auto& left : std::filesystem::recursive_directory_iterator(folder.path()))
      EXPECT_NE(left.path().extension(), ".partial") << line << " left " << left.path();
  }
}

TEST(BadInput, NewLayer) {
  expect_refused(Folder(), {"new", "layer", "SoftRoot"}, "flowgauge new: expected a name in snake_case such as soft_root; got 'SoftRoot'\n");
  expect_refused(Folder(), {"new", "layer", "softlog"}, "flowgauge new: there is a layer 'softlog' already\n");
  expect_refused(Folder(), {"new", "later", "bend"}, "flowgauge new: unknown kind of file 'later'; did you mean 'layer'?");
}
TEST(BadInput, ReportOfAFolderWithoutTables) {
  expect_refused(Folder(), {"report", "."},
                 "flowgauge report: .: expected cells.csv, verdicts.csv or bench.csv in this folder; found none of them\n");
}

}  // namespace
}  // namespace flowgauge::cli_tests

// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/error.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

namespace flowgauge::distributions {
namespace {

using Path = std::filesystem::path;

/// A folder that goes with the test.
class Folder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "flowgauge-dataset-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, std::string_view content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return (folder_ / name).string();
  }
  std::string gzip(const std::string& name, std::string_view content) const {
    const std::string path = (folder_ / name).string();
    gzFile out = gzopen(path.c_str(), "wb");
    EXPECT_EQ(gzwrite(out, content.data(), static_cast<unsigned>(content.size())), static_cast<int>(content.size()));
    EXPECT_EQ(gzclose(out), Z_OK);
    return path;
  }
  /// The sentence, with the folder taken out of it.
  std::string refusal(const std::string& path) const {
    try {
      read_csv(path);
    } catch (const DataError& e) {
      std::string sentence = e.what();
      const std::string prefix = folder_.string() + "/";
      const std::size_t at = sentence.find(prefix);
      return at == std::string::npos ? sentence : sentence.erase(at, prefix.size());
    }
    return "accepted";
  }
  Path folder_;
};
using Files = Folder;

std::string refusal(std::string_view text) {
  try {
    parse_csv(text, "a.csv");
  } catch (const DataError& e) {
    return e.what();
  }
  return "accepted";
}

std::vector<double> numbers(const DataSet& data) {
  std::vector<double> all;
  for (Index i = 0; i < data.rows.rows(); ++i) {
    for (Index j = 0; j < data.rows.dim(); ++j) all.push_back(data.rows(i, j));
  }
  return all;
}

TEST(DataSet, WithAndWithoutHeader) {
  const DataSet plain = parse_csv("1,2\n3,4\n5,6\n", "a.csv");
  EXPECT_EQ(plain.rows.rows(), 3);
  EXPECT_EQ(plain.rows.dim(), 2);
  EXPECT_EQ(numbers(plain), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(plain.columns, (std::vector<std::string>{"x1", "x2"}));
  EXPECT_EQ(plain.path, "a.csv");
  const DataSet named = parse_csv("red,green blue\n1,2\n", "a.csv");
  EXPECT_EQ(named.columns, (std::vector<std::string>{"red", "green blue"}));
  EXPECT_EQ(numbers(named), (std::vector<double>{1, 2}));
}

TEST(DataSet, LineEndsBlanksAndQuotes) {
  const std::vector<double> expected = {1, -2.5, 3e4, 0.25};
  for (const char* text : {"1,-2.5\n3e4,.25\n", "1,-2.5\r\n3e4,.25\r\n", "1,-2.5\n3e4,.25", "1,-2.5\n3e4,.25\n\n\n", "1,-2.5\r\n3e4,.25\r\n\r\n",
                           " 1 ,\t-2.5\n+3e4, .25 \n", "\"1\",\"-2.5\"\r\n\"3e4\" , \".25\"\r\n", "\xEF\xBB\xBF" "1,-2.5\n3e4,.25\n"}) {
    EXPECT_EQ(numbers(parse_csv(text, "a.csv")), expected) << text;
  }
  EXPECT_EQ(parse_csv("\"a \"\"b\"\", c\",\"d\ne\"\n1,2\n", "a.csv").columns, (std::vector<std::string>{"a \"b\", c", "d\ne"}));
  EXPECT_EQ(numbers(parse_csv("7", "a.csv")), std::vector<double>{7});
}

TEST(DataSet, NumbersAreReadToTheLastBit) {
  EXPECT_EQ(numbers(parse_csv("0.1,5e-324,1.7976931348623157e308,-0\n", "a.csv")),
            (std::vector<double>{0.1, std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max(), -0.0}));
}

TEST(DataSet, TheHashIsThatOfTheText) {
  EXPECT_EQ(parse_csv("1\n", "a.csv").hash, parse_csv("1\n", "b.csv").hash);
  EXPECT_NE(parse_csv("1\n", "a.csv").hash, parse_csv("1.0\n", "a.csv").hash);
  EXPECT_EQ(parse_csv("1\n", "a.csv").hash.size(), 16u);
}

TEST(DataSet, ErrorSentences) {
  EXPECT_EQ(refusal(""), "a.csv: expected rows of numbers, got an empty file");
  EXPECT_EQ(refusal("\n\r\n"), "a.csv: expected rows of numbers, got an empty file");
  EXPECT_EQ(refusal("a,b\n"), "a.csv: expected rows of numbers below the header, got none");
  EXPECT_EQ(refusal("1,2\n3,abc\n"), "a.csv:2:3: expected a number in column x2, got 'abc'");
  EXPECT_EQ(refusal("a,b\n1,2\n3,4x\n"), "a.csv:3:3: expected a number in column b, got '4x'");
  EXPECT_EQ(refusal("a,b\n1,\n"), "a.csv:2:3: expected a number in column b, got nothing");
  EXPECT_EQ(refusal("1,2\n,3\n"), "a.csv:2:1: expected a number in column x1, got nothing");
  EXPECT_EQ(refusal("1,2\n3\n"), "a.csv:2:1: expected 2 fields as in line 1, got 1");
  EXPECT_EQ(refusal("1,2\n3,4,5\n"), "a.csv:2:1: expected 2 fields as in line 1, got 3");
  EXPECT_EQ(refusal("1,2\n\n3,4\n"), "a.csv:2:1: expected 2 fields as in line 1, got an empty line");
  EXPECT_EQ(refusal("1\n\n3\n"), "a.csv:2:1: expected a number in column x1, got nothing");
  EXPECT_EQ(refusal("1,nan\n"), "a.csv:1:3: expected a finite number in column x2, got 'nan'");
  EXPECT_EQ(refusal("1,2\n-inf,0\n"), "a.csv:2:1: expected a finite number in column x1, got '-inf'");
  EXPECT_EQ(refusal("1,1e400\n"), "a.csv:1:3: expected a number within the range of a double in column x2, got '1e400'");
  EXPECT_EQ(refusal("1,2\n1;2,3\n"), "a.csv:2:1: expected a number in column x1, got '1;2'; the separator of fields is a comma");
  EXPECT_EQ(refusal("1\t2\n3\t4\n"), "a.csv:2:1: expected a number in column 1\t2, got '3\t4'; the separator of fields is a comma");
  EXPECT_EQ(refusal("1\n# by hand\n"), "a.csv:2:1: expected a number in column x1, got '# by hand'; lines of comment are not read");
  EXPECT_EQ(refusal("1,2\n3,\"4\n"), "a.csv:2:3: expected a closing quote, got the end of the file");
  EXPECT_EQ(refusal("1,2\n\"3\"x,4\n"), "a.csv:2:4: expected a comma or the end of the line after a quoted field, got 'x'");
  EXPECT_EQ(refusal("1,2\n" + std::string(100, 'z') + ",4\n"), "a.csv:2:1: expected a number in column x1, got '" + std::string(40, 'z') + "…'");
  EXPECT_EQ(refusal(std::string_view("1,2\n3,\0\n", 8)).substr(0, 43), "a.csv:2:3: expected a number in column x2, ");
}

TEST_F(Files, PlainAndGzipReadTheSame) {
  const DataSet plain = read_csv(file("a.csv", "1,2\n3,4\n")), packed = read_csv(gzip("a.csv.gz", "1,2\n3,4\n"));
  EXPECT_EQ(numbers(plain), numbers(packed));
  EXPECT_EQ(plain.hash, packed.hash);
}

TEST_F(Files, ACutGzipIsFoundWhereverItIsCut) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += std::to_string(i * 7919 % 1000) + "," + std::to_string(i) + "\n";
  const std::string path = gzip("whole.csv.gz", text);
  std::ifstream stream(path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(stream)), {});
  ASSERT_EQ(read_csv(path).rows.rows(), 3000);
  for (std::size_t size = whole.size() - 1; size > 12; size = size > 40 ? size * 9 / 10 : size - 1) {
    EXPECT_EQ(refusal(file("cut.csv.gz", whole.substr(0, size))), "cut.csv.gz: expected a whole gzip file, got one that was cut off") << size;
  }
  std::string damaged = whole;
  damaged[whole.size() / 2] ^= 0x55;
  EXPECT_EQ(refusal(file("bad.csv.gz", damaged)).substr(0, 28), "bad.csv.gz: cannot be read: ");
  EXPECT_NE(refusal(file("tiny.csv.gz", whole.substr(0, 5))), "accepted");
}

TEST_F(Files, WhatIsNoFile) {
  EXPECT_EQ(refusal((folder_ / "absent.csv").string()), "absent.csv: expected a CSV file, got no such file");
  std::filesystem::create_directory(folder_ / "inner.csv");
  EXPECT_EQ(refusal((folder_ / "inner.csv").string()), "inner.csv: expected a CSV file, got a folder");
  EXPECT_EQ(refusal(file("empty.csv", "")), "empty.csv: expected rows of numbers, got an empty file");
  if (geteuid() != 0) {
    const std::string locked = file("locked.csv", "1\n");
    std::filesystem::permissions(locked, std::filesystem::perms::none);
    EXPECT_EQ(refusal(locked), "locked.csv: cannot be opened: Permission denied");
  }
}

TEST(Split, TwoPartsOfTheWholeInOrder) {
  std::string text;
  for (int i = 0; i < 1001; ++i) text += std::to_string(i) + "," + std::to_string(-i) + "\n";
  const DataSet data = parse_csv(text, "a.csv");
  const Split parts = split(data, 0.2, RandomStream(1, "split", data.hash));
  EXPECT_EQ(parts.held_out.rows.rows(), 200);
  EXPECT_EQ(parts.train.rows.rows(), 801);
  std::vector<Index> all = parts.train_rows;
  all.insert(all.end(), parts.held_out_rows.begin(), parts.held_out_rows.end());
  std::sort(all.begin(), all.end());
  for (Index i = 0; i < 1001; ++i) ASSERT_EQ(all[static_cast<std::size_t>(i)], i);
  EXPECT_TRUE(std::is_sorted(parts.held_out_rows.begin(), parts.held_out_rows.end()));
  for (std::size_t i = 0; i < parts.held_out_rows.size(); ++i) {
    ASSERT_EQ(parts.held_out.rows(static_cast<Index>(i), 0), static_cast<double>(parts.held_out_rows[i]));
    ASSERT_EQ(parts.held_out.rows(static_cast<Index>(i), 1), -static_cast<double>(parts.held_out_rows[i]));
  }
  EXPECT_EQ(parts.train.hash, data.hash);
  // The held-out places are spread over the file: the mean place of 200 of 1001 has a standard error of 18.3.
  double sum = 0;
  for (const Index i : parts.held_out_rows) sum += static_cast<double>(i);
  EXPECT_NEAR(sum / 200, 500, 6 * 18.3);
}

TEST(Split, TheSameStreamGivesTheSameSplitEverywhere) {
  const DataSet data = parse_csv("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", "a.csv");
  const Split parts = split(data, 0.3, RandomStream(1, "split"));
  EXPECT_EQ(parts.held_out_rows, split(data, 0.3, RandomStream(1, "split")).held_out_rows);
  EXPECT_EQ(parts.held_out_rows, (std::vector<Index>{1, 5, 7}));  // these rows on every machine
  EXPECT_NE(parts.held_out_rows, split(data, 0.3, RandomStream(2, "split")).held_out_rows);
}

TEST(Split, ErrorSentences) {
  const DataSet data = parse_csv("0\n1\n", "a.csv");
  const auto sentence = [&](double fraction) -> std::string {
    try {
      split(data, fraction, RandomStream(1, "split"));
    } catch (const std::exception& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(sentence(0), "the held-out fraction is a number between 0 and 1, got 0");
  EXPECT_EQ(sentence(1), "the held-out fraction is a number between 0 and 1, got 1");
  EXPECT_EQ(sentence(std::numeric_limits<double>::quiet_NaN()), "the held-out fraction is a number between 0 and 1, got nan");
  EXPECT_EQ(sentence(0.1), "a.csv: holding out 0.1 of 2 rows leaves 2 and 0; expected at least one row in either part");
}

TEST(DataSet, ColoursOfAPicture) {
  const std::string path = FLOWGAUGE_SHARED_DIR "/data/purple-forest.csv.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const DataSet data = read_csv(path);
  ASSERT_EQ(data.rows.rows(), 20000);
  ASSERT_EQ(data.rows.dim(), 3);
  // Every number is Φ⁻¹((c + ½)/256) of a whole c.
  for (Index i = 0; i < 20000; ++i) {
    for (Index j = 0; j < 3; ++j) {
      const double c = 128 * std::erfc(-data.rows(i, j) / std::sqrt(2.0)) - 0.5;
      ASSERT_NEAR(c, std::round(c), 1e-10);
      ASSERT_TRUE(c > -0.1 && c < 255.1);
    }
  }
}

}  // namespace
}  // namespace flowgauge::distributions

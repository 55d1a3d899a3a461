// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/batch.hpp>
#include <flowgauge/random.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace flowgauge::distributions {

/// Samples without a density: n × d finite numbers.
struct DataSet {
  Batch<double> rows;
  std::vector<std::string> columns;  ///< names from the header; without a header x1 … xd
  std::string path;
  std::string hash;  ///< FNV-1a of the text read (decompressed), 16 hexadecimal digits: what a result was computed from
  bool picture = false;  ///< the rows are pixels
};

/// Reads comma-separated numbers, plain or gzip. The first row is a header when one of its fields is not a number. Quotes and line ends as in RFC
/// 4180; blanks
/// around a field and empty lines at the end are ignored. DataError "PATH:LINE:CHARACTER: expected …, got …": a field that is not a finite
/// number, a row of another
/// length, an open quote; and without a place: no such file, a folder, a damaged or cut gzip file, no rows.
DataSet read_csv(const std::string& path);
/// The same for text in memory; `path` stands in messages and in the result.
DataSet parse_csv(std::string_view text, const std::string& path);

/// The two parts of a data set, each in the order of the whole.
struct Split {
  DataSet train, held_out;
  std::vector<Index> train_rows, held_out_rows;  ///< their places in the whole, from 0
};

/// Holds out round(fraction·n) rows: those of the smallest bits(row, 0) in the stream, so the same ones on every machine. ConfigError unless 0 <
/// fraction < 1;
/// DataError when a part would be empty.
Split split(const DataSet&, double held_out_fraction, const RandomStream&);

}  // namespace flowgauge::distributions

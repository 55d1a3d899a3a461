// SPDX-License-Identifier: MIT
#include <flowgauge/bench/grid.hpp>

#include "grid_file.hpp"
#include "sha256.hpp"

#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/error.hpp>
#include <flowgauge/model.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

namespace flowgauge::bench {
namespace {

/// Raised when the meaning of a cell's numbers changes: then old folders are refused.
constexpr int cell_version = 1;

/// What is fitted to: a source or a data set.
struct Subject {
  std::string text;
  std::filesystem::path data;
  std::string data_hash;
  int dim = 0;
  Index rows = 0;  // of a data set
};

Index held_out_rows(Index rows, double fraction) { return std::llround(fraction * static_cast<double>(rows)); }

/// What a name under [flows] stands for.
struct Candidate {
  std::string name, spec;
  std::filesystem::path model;
  std::string model_hash, model_dtype;
};

/// Everything that changes the numbers of a cell.
bool raw(distributions::Colours colours) { return colours == distributions::Colours::raw; }

std::string cell_text(const GridCell& c) {
  const FitOptions& o = c.fit.options;
  std::string text = fmt::format("cell {}\n", cell_version);
  if (c.data.empty()) text += fmt::format("source {}\n", c.source);
  else text += fmt::format("data {} held_out {}{}\n", c.data_hash, number_text(c.evaluation.held_out), raw(c.colours) ? " raw" : "");
  text += fmt::format("flow {}\ndim {}\nseed {}\ndtype {}\n", c.flow, c.dim, c.seed, c.dtype);
  if (!c.model.empty()) return text + fmt::format("given {}\nevaluate n_eval {}\n", c.model_hash, c.evaluation.n_eval);
  if (c.data.empty()) text += c.fit.training == Training::fresh ? "train on fresh rows\n" : fmt::format("train on {} rows\n", c.fit.n_train);
  text += fmt::format("adam steps {} batch {} learning_rate {} {} betas {} {} epsilon {} weight_decay {} clip_norm {}", o.steps, o.batch,
                      number_text(o.learning_rate), o.schedule == Schedule::constant ? "constant" : "cosine", number_text(o.beta1),
                      number_text(o.beta2), number_text(o.epsilon), number_text(o.weight_decay), number_text(o.clip_norm));
  if (!c.data.empty() || c.fit.training == Training::fixed) text += o.order == Order::shuffled ? " shuffled" : " in_order";
  text += fmt::format("\nevaluate n_eval {} n_trace {} trace_points {}\n", c.evaluation.n_eval, c.evaluation.n_trace, c.evaluation.trace_points);
  return text;
}

class Expander {
 public:
  Expander(const GridFile& file, std::filesystem::path path) : file_(file), path_(std::move(path)) {}

  std::vector<GridCell> expand() {
    for (const GridBlock& block : file_.blocks) {
      require(!block.sources.empty() || !block.data.empty(), block.line,
              "no sources and no data: expected sources = [\"normal\"] or data = [\"rows.csv\"]");
      require(!block.flows.empty(), block.line, "no flows: expected a table [flows] with lines such as affine = \"triangular\"");
      require(!block.seeds.empty(), block.line, "no seeds: expected seeds = [1]");
      for (const Placed& source : block.sources) each_flow(block, source, source_of(source));
      for (const Placed& data : block.data) each_flow(block, data, data_of(data));
    }
    return std::move(cells_);
  }

 private:
  [[noreturn]] void refuse(int line, const std::string& sentence) const {
    throw ConfigError(fmt::format("{}:{}: {}", path_.string(), line, sentence));
  }
  void require(bool ok, int line, const std::string& sentence) const {
    if (!ok) refuse(line, sentence);
  }
  /// Calls f; what it finds wrong gets the place in the file.
  template <class F>
  auto at_line(int line, F f) const {
    try {
      return f();
    } catch (const ConfigError& e) {
      refuse(line, e.what());
    } catch (const ShapeError& e) {
      refuse(line, e.what());
    }
  }

  Subject source_of(const Placed& source) const {
    return at_line(source.line, [&] {
      const std::unique_ptr<Distribution> d = distributions::make_source(source.text);
      return Subject{d->text(), {}, {}, d->dim(), 0};
    });
  }
  /// A file beside the grid, or in the current folder.
  std::filesystem::path file_of(const std::string& name) const {
    const std::filesystem::path beside = path_.parent_path() / name;
    return std::filesystem::exists(beside) ? beside : std::filesystem::path(name);
  }
  Subject data_of(const Placed& data) {
    if (const auto found = data_.find(data.text); found != data_.end()) return found->second;
    const std::filesystem::path file = file_of(data.text);
    try {
      const distributions::DataSet set = distributions::read_data(file.string());
      return data_[data.text] = {file.filename().string(), file, set.hash, static_cast<int>(set.rows.dim()), set.rows.rows()};
    } catch (const DataError& e) {
      throw DataError(fmt::format("{}:{}: {}", path_.string(), data.line, e.what()));
    }
  }
  Candidate candidate_of(const std::string& name, const Placed& flow, const Subject& subject) const {
    if (!flow.text.ends_with(".json"))
      return {name, at_line(flow.line, [&] { return make_flow<double>(std::string_view(flow.text), subject.dim).text(); }), {}, {}, {}};
    try {
      const std::filesystem::path file = file_of(flow.text);
      const Model model = load_model(file.string());
      require(model.dim == subject.dim, flow.line,
              fmt::format("the model {} has dim {}, but {} has dim {}: name its cells in a block [[cells]] of their own", flow.text, model.dim,
                          subject.text, subject.dim));
      return {name, to_flow<double>(model).text(), file, sha256(model_text(model)), model.dtype};
    } catch (const DataError& e) {
      throw DataError(fmt::format("{}:{}: {}", path_.string(), flow.line, e.what()));
    }
  }
  void each_flow(const GridBlock& block, const Placed& place, const Subject& subject) {
    for (const Placed& name : block.flows) {
      const auto flow = std::find_if(file_.flows.begin(), file_.flows.end(), [&](const auto& f) { return f.first == name.text; });
      if (flow == file_.flows.end()) {
        std::vector<std::string> names;
        for (const auto& f : file_.flows) names.push_back(f.first);
        refuse(name.line, unknown_name("flow of this grid", name.text, names));
      }
      const Candidate candidate = candidate_of(name.text, flow->second, subject);
      for (const std::uint64_t seed : block.seeds) add(block, place, subject, candidate, seed);
    }
  }
  void add(const GridBlock& block, const Placed& place, const Subject& subject, const Candidate& flow, std::uint64_t seed) {
    GridCell c;
    c.source = subject.text;
    c.data = subject.data;
    c.data_hash = subject.data_hash;
    c.colours = block.colours;
    c.flow_name = flow.name;
    c.flow = flow.spec;
    c.model = flow.model;
    c.model_hash = flow.model_hash;
    c.dim = subject.dim;
    c.seed = seed;
    c.dtype = flow.model.empty() ? block.dtype : flow.model_dtype;
    c.fit = block.fit;
    c.evaluation = block.evaluation;
    if (!subject.data.empty()) {
      c.fit.training = Training::fixed;
      c.fit.n_train = subject.rows - held_out_rows(subject.rows, block.evaluation.held_out);
    }
    if (c.fit.epochs > 0) {
      require(c.fit.training == Training::fixed, block.epochs_line,
              "epochs count a fixed training set: give n_train an integer, or steps instead of epochs");
      c.fit.options.steps = c.fit.epochs * ((c.fit.n_train + c.fit.options.batch - 1) / c.fit.options.batch);
    }
    c.text = cell_text(c);
    c.id = fmt::format("c_{:016x}", hash_text(c.text));
    const auto twin = std::find_if(cells_.begin(), cells_.end(), [&](const GridCell& other) { return other.text == c.text; });
    if (twin != cells_.end())
      refuse(place.line,
             fmt::format("this cell comes twice: {} with {} and seed {}{}", c.source, flow.name, seed,
                         twin->flow_name == flow.name ? "" : fmt::format(" (the flows {} and {} are the same)", twin->flow_name, flow.name)));
    cells_.push_back(std::move(c));
  }

  const GridFile& file_;
  std::filesystem::path path_;
  std::map<std::string, Subject> data_;
  std::vector<GridCell> cells_;
};

}  // namespace

Grid parse_grid(std::string_view text, const std::filesystem::path& path, const std::vector<std::string>& data) {
  GridFile file = parse_grid_file(text, path.string());
  bool replaced = false;
  for (GridBlock& block : file.blocks) {
    if (data.empty() || block.data.empty()) continue;
    const int line = block.data.front().line;
    block.data.clear();
    for (const std::string& name : data) block.data.push_back({name, line});
    replaced = true;
  }
  if (!data.empty() && !replaced) throw ConfigError(fmt::format("{} fits no data set that others could stand for", path.string()));
  Grid grid;
  grid.name = file.name.empty() ? path.stem().string() : file.name;
  grid.path = path;
  grid.text = text;
  grid.cells = Expander(file, path).expand();
  std::string all;
  for (const GridCell& c : grid.cells) all += fmt::format("{}\nnamed {} {}\n", c.text, c.source, c.flow_name);
  grid.hash = sha256(all);
  return grid;
}

Grid read_grid(const std::filesystem::path& path, const std::vector<std::string>& data) {
  if (std::filesystem::is_directory(path)) throw DataError(fmt::format("{}: expected a grid file, this is a folder", path.string()));
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw DataError(fmt::format("{}: expected a grid file: {}", path.string(), std::strerror(errno ? errno : ENOENT)));
  std::ostringstream text;
  if (!(text << file.rdbuf())) throw DataError(fmt::format("{}: expected a grid file, this one is empty", path.string()));
  return parse_grid(text.str(), path, data);
}

}  // namespace flowgauge::bench

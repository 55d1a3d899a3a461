// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "estimators.hpp"
#include "interruption.hpp"
#include "provenance.hpp"
#include "revision.hpp"
#include "verdicts.hpp"

#include <flowgauge/bench/machine.hpp>
#include <flowgauge/error.hpp>
#include <flowgauge/reports/csv.hpp>
#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/verify/exec.hpp>
#include <flowgauge/verify/verify.hpp>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

struct Options {
  std::string only, law, tier = "quick", one_case, replay, out, exec, dtype = "best";
  std::int64_t seed = default_seed, cases = 0, jobs = 1;
  double seconds = 10;
};

/// The layers, sources and estimators of this program, or the one subject that a command serves.
verify::Subjects subjects_of(const Options& o) {
  if (o.exec.empty()) {
    if (o.dtype != "best") throw ConfigError("--dtype is for a layer behind --exec; layers of this program are examined in all their types");
    verify::Subjects all = verify::all_subjects();
    all.estimators.push_back(kl_estimator());
    return all;
  }
  if (!o.only.empty()) throw ConfigError("--exec names the one layer or source that is examined: --only does not go with it");
  const auto real = o.dtype == "float32"   ? verify::ExecReal::float32
                    : o.dtype == "float64" ? verify::ExecReal::float64
                                           : verify::ExecReal::best;
  verify::ExecLimits limits;
  limits.call_seconds = o.seconds;
  return verify::subjects_of_command(o.exec, real, limits);
}

verify::VerifyOptions options_of(const Options& o) {
  verify::VerifyOptions options;
  if (!o.only.empty()) options.only = o.only;
  if (!o.law.empty()) options.law = o.law;
  options.tier = verify::tier_from(o.tier);
  options.seed = static_cast<std::uint64_t>(o.seed);
  options.cases = static_cast<int>(o.cases);
  options.jobs = static_cast<int>(o.jobs);
  if (!o.replay.empty()) options.replay = verify::read_failures(o.replay);
  if (!o.one_case.empty()) options.replay.push_back(o.one_case);
  return options;
}

/// The failures.txt of the run before this one: in the folder that --out names, else in the latest of those that are named by the time. Empty: none.
std::filesystem::path earlier_failures(const std::string& out) {
  namespace fs = std::filesystem;
  fs::path folder = out;
  std::error_code ignored;
  if (out.empty())
    for (const fs::directory_entry& entry : fs::directory_iterator("out", ignored))
      if (entry.path().filename().string().rfind("verify-", 0) == 0 && entry.path() > folder) folder = entry.path();
  const fs::path file = folder / "failures.txt";
  return !folder.empty() && fs::exists(file, ignored) ? file : fs::path();
}

int examine(const Options& o, const Console& console) {
  verify::VerifyOptions options = options_of(o);
  options.stop = &interruption();
  const std::filesystem::path earlier = options.replay.empty() ? earlier_failures(o.out) : std::filesystem::path();
  try {
    if (!earlier.empty()) options.first = verify::read_failures(earlier);
  } catch (const DataError& of_another_version) {
    console.note(of_another_version.what());
  }
  const verify::Subjects subjects = subjects_of(o);
  const OutputFolder folder(o.out, "verify", "verdicts.csv");
  const std::filesystem::path& out = folder.path();
  reports::Provenance provenance = provenance_of(console, "Verification of layers, sources and estimators", "cases", o.seed);
  provenance.run_id = "r_" + utc_stamp();

  verify::VerifyResult result;
  {
    Progress progress(console);
    result = verify::run(subjects, options, [&](const verify::Progress& p) {
      progress.update(fmt::format("{}/{}  {} {}: {}", p.done, p.total, p.subject, p.law, to_text(p.verdict)));
    });
  }
  provenance.finished_at = bench::utc_now();
  for (reports::VerdictRow& row : result.rows) {
    row.run_id = provenance.run_id;
    row.flowgauge_version = version;
    row.git_rev = revision;
    row.isa = bench::instruction_set();
  }

  if (result.first > 0)
    console.note(fmt::format("examined first: {} that failed before ({})", result.first == 1 ? "1 case" : fmt::format("{} cases", result.first),
                             earlier.string()));
  console.print(failures_text(result, console) + matrix_text(result.rows) + verdict_sentence(result.rows) + "\n");
  verify::write_failures(out / "failures.txt", result);
  reports::write_csv(out / reports::Table<reports::VerdictRow>::file, result.rows);
  reports::write_datapackage(out, provenance);
  reports::write_text(out / "report.html", verdict_page(result.rows, provenance));
  console.note(fmt::format("seed {}; rows in {}", o.seed, (out / "verdicts.csv").string()));
  if (result.not_examined > 0) {
    console.note(fmt::format("interrupted: {} of {} were not examined", result.not_examined, result.rows.size()));
    return interrupted_exit;
  }
  return result.passed() ? 0 : 1;
}

}  // namespace

Command verify_command() {
  return {"verify", "Examines layers, sources and estimators by every law: drawn options, parameters and rows, 50-digit truth, two-stage tests.",
          "flowgauge verify\nflowgauge verify --only softlog --law log_det_matches_jacobian --tier standard", [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "--only", o->only, "GLOB|SPEC",
                        "layers, sources and estimators whose name matches (* and ?), or one flow or source as text");
            text_option(app, "--exec", o->exec, "CMD",
                        "instead, the layer or source that this command serves over its stdin and stdout: 'python3 my_layer.py' (docs/verifying.md)");
            word_option(app, "--dtype", o->dtype, {"best", "float32", "float64"},
                        "the type that the layer behind --exec computes in, if it offers two");
            real_option(app, "--limit", o->seconds, 0.01, 86400, "seconds that one call of the layer behind --exec may take");
            text_option(app, "--law", o->law, "GLOB", "laws whose name or id matches");
            word_option(app, "--tier", o->tier, {"quick", "standard", "deep"},
                        "30, 200 or 10000 cases a law and subject; 10^4, 4·10^4 or 6.4·10^5 draws where a law is about a sample");
            whole_option(app, "--cases", o->cases, 0, 1'000'000'000, "cases a law and subject instead of the tier's", "");
            text_option(app, "--case", o->one_case, "LINE", "examine this case alone: the line that a failure prints");
            text_option(app, "--replay", o->replay, "FILE", "examine the cases of a failures.txt");
            seed_option(app, o->seed);
            jobs_option(app, o->jobs);
            out_option(app, o->out, "verify");
            return [o](const Console& console) { return examine(*o, console); };
          }};
}

}  // namespace flowgauge::cli

// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <fmt/format.h>
#include <bit>
#include <thread>

namespace flowgauge::verify {

Law sample_depends_on_its_row_only() {
  return {
      .id = "D13",
      .statement = "row i of a sample has the same bits whatever is drawn before, beside or at the same time; another seed or purpose gives "
                   "others. Of a source in another process: a seed gives the same rows again, another seed others",
      .advice = "state between draws, a generator that all threads share, or a stream that does not read its seed",
      .wants = {.sample = true},
      .examine_source =
          [](const SourceTrial& trial) {
            Examined result;
            const Index n = std::min<Index>(trial.sample().batch, 2000), d = trial.source().dim();
            const Batch<double> whole = trial.draw("bits", 0, n);
            const auto compare = [&](const char* what, const Batch<double>& part, Index first) {
              Index other = 0;
              for (Index i = 0; i < part.rows(); ++i)
                for (Index j = 0; j < d; ++j) other += std::bit_cast<std::uint64_t>(part(i, j)) != std::bit_cast<std::uint64_t>(whole(first + i, j));
              result.compare(0, what, 0, static_cast<double>(other), static_cast<double>(other), 0, "numbers");
            };
            compare("numbers that differ in a second call", trial.draw("bits", 0, n), 0);
            if (!trial.by_values()) {  // another process is asked for n rows by a seed; where in an endless sample they stand, it does not know
              compare("numbers that differ in a shorter sample", trial.draw("bits", 0, n / 3), 0);
              compare("numbers that differ in a later part", trial.draw("bits", static_cast<std::uint64_t>(n / 2 + 1), n / 4), n / 2 + 1);
              for (const Index i : {Index{7}, Index{480}, n - 1})
                compare("numbers that differ in a row alone", trial.draw("bits", static_cast<std::uint64_t>(i), 1), i);
              Batch<double> left, right;
              std::thread beside([&] { right = trial.draw("bits", static_cast<std::uint64_t>(n / 2), n - n / 2); });
              left = trial.draw("bits", 0, n / 2);
              beside.join();
              compare("numbers that differ in a sample by two threads", left, 0);
              compare("numbers that differ in a sample by two threads", right, n / 2);
            }

            const auto alike = [&](const char* what, const Batch<double>& other) {
              Index same = 0;
              for (Index i = 0; i < n; ++i) {
                bool row = true;
                for (Index j = 0; j < d; ++j) row &= other(i, j) == whole(i, j);
                same += row;
              }
              // Rows of 53 random bits meet by chance in 10⁻¹³ of the runs; sources that end at the edge of double meet there more often.
              result.compare(0, what, 0, static_cast<double>(same), static_cast<double>(same), 0.01 * static_cast<double>(n), "rows");
            };
            Case c = trial.sample();
            c.seed ^= 1;
            Batch<double> other(n, d);
            trial.source().sample(RandomStream(c.seed, "bits", trial.source().text()), 0, other);
            alike("rows that another seed repeats", other);
            alike("rows that another purpose repeats", trial.draw("other bits", 0, n));
            alike("rows that later rows repeat", trial.draw("bits", 1, n));
            return result;
          },
      .violated_by = "a sampler that does not read the stream's seed",
      .fooled_by = "a stream that is right but not random; D7 sees that"};
}

}  // namespace flowgauge::verify

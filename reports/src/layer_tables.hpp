// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "comparison.hpp"

/// What the layers of flows contribute, from the layer traces; each as HTML, empty when there is nothing to show.
namespace flowgauge::reports {

/// The layer of one flow that raises the KL most, and the one that lowers it most, by the median over seeds.
struct LayerCost {
  std::string source, flow, worst_layer, best_layer;
  std::int64_t dim = 0, worst_index = 0, best_index = 0, layers = 0;
  double worst = 0, best = 0;  // changes of the KL in nats; worst is negative where no layer raises it
};
/// Of flows with at least two layers. By source, dim and flow.
std::vector<LayerCost> layer_costs(const std::vector<TraceRow>& traces, const Labels& labels);

/// "seed_printed: its layer 15 of 15, softlog, costs most: it raises the KL on exponential by 0.123 nat." A sentence for each flow.
std::vector<std::string> cost_sentences(const std::vector<LayerCost>& costs);

std::string layer_cost_table(const std::vector<LayerCost>& costs);
std::string layer_type_table(const std::vector<TraceRow>& traces);                          // over everything
std::string layer_source_table(const std::vector<TraceRow>& traces, const Labels& labels);  // which layer helps where

}  // namespace flowgauge::reports

#include "step.h"

#include <algorithm>

namespace clearcut {
namespace {

/** Neighbouring rows share most of what they read. */
constexpr size_t kLeastRows = 4;

}  // namespace

void runSteps(ThreadPool& pool, const std::vector<std::unique_ptr<const Step>>& steps) {
  std::vector<size_t> lengths;
  std::vector<size_t> chunks;
  for (const auto& step : steps) {
    const size_t rows = step->rows();
    lengths.push_back(chunkLength(rows, pool.threads(), kLeastRows));
    chunks.push_back((rows + lengths.back() - 1) / lengths.back());
  }
  pool.run(chunks, [&](size_t index, size_t chunk, Scratch& scratch) {
    const size_t length = lengths[index];
    steps[index]->run(chunk * length, std::min(steps[index]->rows(), (chunk + 1) * length), scratch);
  });
}

}  // namespace clearcut

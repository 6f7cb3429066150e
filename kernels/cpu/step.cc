#include "step.h"

#include <algorithm>

namespace clearcut {
namespace {

/** Neighbouring rows share most of what they read. */
constexpr size_t kLeastRows = 4;

bool touches(const Access& a, const Access& b) {
  return (a.writes || b.writes) && a.begin < b.end && b.begin < a.end;
}

bool clash(const Accesses& some, const Accesses& others) {
  for (const Access& a : some)
    for (const Access& b : others)
      if (touches(a, b)) return true;
  return false;
}

Access access(const void* buffer, size_t itemBytes, size_t from, size_t to, bool writes) {
  const auto* const begin = static_cast<const uint8_t*>(buffer);
  return {begin + from * itemBytes, begin + to * itemBytes, writes};
}

}  // namespace

Access reading(const void* buffer, size_t itemBytes, size_t from, size_t to) {
  return access(buffer, itemBytes, from, to, false);
}

Access writing(const void* buffer, size_t itemBytes, size_t from, size_t to) {
  return access(buffer, itemBytes, from, to, true);
}

RowSpan withReach(size_t from, size_t to, size_t reach, size_t rows) {
  return {from > reach ? from - reach : 0, std::min(to + reach, rows)};
}

void runSteps(ThreadPool& pool, const std::vector<std::unique_ptr<const Step>>& steps) {
  std::vector<size_t> lengths;
  std::vector<size_t> chunks;
  std::vector<std::vector<Accesses>> accesses;
  for (const auto& step : steps) {
    const size_t rows = step->rows();
    const size_t length = chunkLength(rows, pool.threads(), kLeastRows);
    lengths.push_back(length);
    chunks.push_back((rows + length - 1) / length);
    accesses.emplace_back();
    for (size_t from = 0; from < rows; from += length)
      accesses.back().push_back(step->accesses(from, std::min(rows, from + length)));
  }
  pool.run(
      chunks,
      [&](size_t index, size_t chunk, Scratch& scratch) {
        const size_t length = lengths[index];
        steps[index]->run(chunk * length, std::min(steps[index]->rows(), (chunk + 1) * length), scratch);
      },
      [&](size_t index, size_t chunk, size_t earlier, size_t other) {
        return clash(accesses[index][chunk], accesses[earlier][other]);
      });
}

}  // namespace clearcut

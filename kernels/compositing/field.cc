#include <algorithm>
#include <cmath>
#include <vector>

#include "compositing.h"
#include "field-rows.h"

namespace clearcut {
namespace {

constexpr size_t kLeastRows = 4;
constexpr size_t kLeastColumns = 32;
constexpr double kNothingKnown = 1e-7;

/** Means of what is known, and how much that is, 0 to 1. */
struct Level {
  size_t width = 0;
  size_t height = 0;
  float* values = nullptr;
  std::vector<float> own;
  std::vector<float> weights;
};

template <typename T>
void gather(ThreadPool& pool, const PlaneView<T>& plane, const CoveredRegion& matte, const uint8_t* shows, size_t step,
            Level& level) {
  const double full = 1.0 / (255.0 * static_cast<double>(step) * static_cast<double>(step));
  pool.forRange(level.height, kLeastRows, [&](size_t from, size_t to, Scratch&) {
    for (size_t row = from; row < to; row++) {
      float* const values = level.values + row * level.width;
      float* const weights = level.weights.data() + row * level.width;
      std::fill(values, values + level.width, 0.0f);
      const size_t end = std::min(matte.height, (row + 1) * step);
      for (size_t y = row * step; y < end; y++) {
        const T* const codes = plane.codes + (matte.y + y) * plane.width + matte.x;
        const uint8_t* const cover = matte.cover + y * matte.width;
        for (size_t cell = 0; cell < level.width; cell++) {
          uint64_t sum = 0;
          uint64_t weight = 0;
          const size_t last = std::min(matte.width, (cell + 1) * step);
          for (size_t x = cell * step; x < last; x++) {
            const uint32_t own = shows[cover[x]];
            sum += own * static_cast<uint64_t>(codes[x]);
            weight += own;
          }
          values[cell] = static_cast<float>(static_cast<double>(values[cell]) + static_cast<double>(sum));
          weights[cell] = static_cast<float>(static_cast<double>(weights[cell]) + static_cast<double>(weight));
        }
      }
      for (size_t cell = 0; cell < level.width; cell++) {
        const double weight = weights[cell];
        if (weight == 0) continue;
        values[cell] = static_cast<float>(static_cast<double>(values[cell]) / weight);
        weights[cell] = static_cast<float>(weight * full);
      }
    }
  });
}

Level coarser(ThreadPool& pool, const Level& fine) {
  Level level;
  level.width = (fine.width + 1) / 2;
  level.height = (fine.height + 1) / 2;
  level.own.resize(level.width * level.height);
  level.weights.resize(level.width * level.height);
  level.values = level.own.data();
  pool.forRange(level.height, kLeastRows, [&](size_t from, size_t to, Scratch&) {
    for (size_t y = from; y < to; y++) {
      for (size_t x = 0; x < level.width; x++) {
        double sum = 0;
        double weight = 0;
        for (size_t row = 2 * y; row < std::min(fine.height, 2 * y + 2); row++) {
          for (size_t column = 2 * x; column < std::min(fine.width, 2 * x + 2); column++) {
            const double own = fine.weights[row * fine.width + column];
            sum += own * static_cast<double>(fine.values[row * fine.width + column]);
            weight += own;
          }
        }
        level.values[y * level.width + x] = weight > 0 ? static_cast<float>(sum / weight) : 0.0f;
        level.weights[y * level.width + x] = static_cast<float>(std::min(1.0, weight));
      }
    }
  });
  return level;
}

void complete(ThreadPool& pool, Level& fine, const Level& coarse) {
  const FieldView field = {coarse.values, coarse.width, coarse.height, 2};
  pool.forRange(fine.height, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    float* const line = reinterpret_cast<float*>(scratch.bytes(fine.width * sizeof(float) + FieldRows::bytes(field, fine.width)));
    FieldRows rows(field, fine.width, reinterpret_cast<uint8_t*>(line + fine.width));
    for (size_t y = from; y < to; y++) {
      rows.row(y, line);
      float* const values = fine.values + y * fine.width;
      const float* const weights = fine.weights.data() + y * fine.width;
      for (size_t x = 0; x < fine.width; x++) {
        if (weights[x] >= 1) continue;
        const double guess = line[x];
        values[x] = static_cast<float>(guess + static_cast<double>(weights[x]) * (static_cast<double>(values[x]) - guess));
      }
    }
  });
}

inline size_t clamped(int64_t i, size_t count) {
  return static_cast<size_t>(std::max<int64_t>(0, std::min<int64_t>(static_cast<int64_t>(count) - 1, i)));
}

void averageAcross(ThreadPool& pool, const FieldView& field, int64_t radius) {
  const double part = 1.0 / static_cast<double>(2 * radius + 1);
  pool.forRange(field.height, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    float* const line = reinterpret_cast<float*>(scratch.bytes(field.width * sizeof(float)));
    for (size_t y = from; y < to; y++) {
      float* const values = field.values + y * field.width;
      std::copy(values, values + field.width, line);
      double sum = 0;
      for (int64_t i = -radius; i <= radius; i++) sum += line[clamped(i, field.width)];
      for (size_t x = 0; x < field.width; x++) {
        values[x] = static_cast<float>(sum * part);
        const auto i = static_cast<int64_t>(x);
        sum += static_cast<double>(line[clamped(i + radius + 1, field.width)]) -
               static_cast<double>(line[clamped(i - radius, field.width)]);
      }
    }
  });
}

/** Some columns at once, so that rows are read as they lie. */
void averageDown(ThreadPool& pool, const FieldView& field, int64_t radius) {
  const double part = 1.0 / static_cast<double>(2 * radius + 1);
  pool.forRange(field.width, kLeastColumns, [&](size_t from, size_t to, Scratch& scratch) {
    const size_t columns = to - from;
    double* const sums = reinterpret_cast<double*>(scratch.bytes(columns * (sizeof(double) + field.height * sizeof(float))));
    float* const copy = reinterpret_cast<float*>(sums + columns);
    for (size_t y = 0; y < field.height; y++) {
      const float* const values = field.values + y * field.width + from;
      std::copy(values, values + columns, copy + y * columns);
    }
    std::fill(sums, sums + columns, 0.0);
    for (int64_t i = -radius; i <= radius; i++) {
      const float* const row = copy + clamped(i, field.height) * columns;
      for (size_t x = 0; x < columns; x++) sums[x] += row[x];
    }
    for (size_t y = 0; y < field.height; y++) {
      const auto i = static_cast<int64_t>(y);
      const float* const in = copy + clamped(i + radius + 1, field.height) * columns;
      const float* const out = copy + clamped(i - radius, field.height) * columns;
      float* const values = field.values + y * field.width + from;
      for (size_t x = 0; x < columns; x++) {
        values[x] = static_cast<float>(sums[x] * part);
        sums[x] += static_cast<double>(in[x]) - static_cast<double>(out[x]);
      }
    }
  });
}

}  // namespace

template <typename T>
bool knownField(ThreadPool& pool, const PlaneView<T>& plane, const CoveredRegion& matte, const uint8_t* shows,
                const FieldView& field) {
  std::vector<Level> levels(1);
  levels[0].width = field.width;
  levels[0].height = field.height;
  levels[0].values = field.values;
  levels[0].weights.resize(field.width * field.height);
  gather(pool, plane, matte, shows, field.step, levels[0]);
  while (levels.back().width > 1 || levels.back().height > 1) levels.push_back(coarser(pool, levels.back()));
  if (static_cast<double>(levels.back().weights[0]) < kNothingKnown) return false;
  for (size_t index = levels.size() - 1; index > 0; index--) complete(pool, levels[index - 1], levels[index]);
  return true;
}

void blurField(ThreadPool& pool, const FieldView& field, const int32_t* across, const int32_t* down) {
  for (int pass = 0; pass < 3; pass++)
    if (across[pass] > 0) averageAcross(pool, field, across[pass]);
  for (int pass = 0; pass < 3; pass++)
    if (down[pass] > 0) averageDown(pool, field, down[pass]);
}

template bool knownField(ThreadPool&, const PlaneView<uint8_t>&, const CoveredRegion&, const uint8_t*,
                         const FieldView&);
template bool knownField(ThreadPool&, const PlaneView<uint16_t>&, const CoveredRegion&, const uint8_t*,
                         const FieldView&);

}  // namespace clearcut

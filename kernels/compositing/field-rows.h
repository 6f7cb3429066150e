#pragma once

#include <algorithm>
#include <cmath>

#include "compositing.h"

namespace clearcut {

/** Gives rows of the samples that a field means; the places across are found once. One thread's own. */
class FieldRows {
 public:
  static size_t bytes(const FieldView& field, size_t count) {
    return count * (sizeof(int32_t) + sizeof(float)) + (field.width + 1) * sizeof(float);
  }

  /** `memory` holds `bytes(field, count)`, aligned for floats. */
  FieldRows(const FieldView& field, size_t count, uint8_t* memory)
      : field_(field),
        count_(count),
        left_(reinterpret_cast<int32_t*>(memory)),
        across_(reinterpret_cast<float*>(left_ + count)),
        cells_(across_ + count) {
    const double last = static_cast<double>(field.width) - 1;
    for (size_t x = 0; x < count; x++) {
      const double place = (static_cast<double>(x) + 0.5) / static_cast<double>(field.step) - 0.5;
      const double u = std::max(0.0, std::min(last, place));
      left_[x] = static_cast<int32_t>(u);
      across_[x] = static_cast<float>(u - std::floor(u));
    }
  }

  void row(size_t y, float* line) {
    const double lastRow = static_cast<double>(field_.height) - 1;
    const double place = (static_cast<double>(y) + 0.5) / static_cast<double>(field_.step) - 0.5;
    const double v = std::max(0.0, std::min(lastRow, place));
    const double down = v - std::floor(v);
    const auto upper = static_cast<size_t>(v);
    const float* const a = field_.values + upper * field_.width;
    const float* const b = field_.values + std::min(field_.height - 1, upper + 1) * field_.width;
    for (size_t x = 0; x < field_.width; x++) {
      const double from = a[x];
      cells_[x] = static_cast<float>(from + down * (static_cast<double>(b[x]) - from));
    }
    cells_[field_.width] = cells_[field_.width - 1];
    for (size_t x = 0; x < count_; x++) {
      const double first = cells_[left_[x]];
      const double next = cells_[left_[x] + 1];
      line[x] = static_cast<float>(first + static_cast<double>(across_[x]) * (next - first));
    }
  }

 private:
  FieldView field_;
  size_t count_;
  int32_t* left_;
  float* across_;
  float* cells_;
};

}  // namespace clearcut

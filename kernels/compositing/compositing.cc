#include "compositing.h"

#include <algorithm>

#include "field-rows.h"

namespace clearcut {
namespace {

constexpr size_t kLeastRows = 8;

/** Codes are cut off, not rounded: what is added before rounds. */
template <typename T>
inline T code(double value) {
  return static_cast<T>(static_cast<int32_t>(value));
}

inline double clamp(double value, double most) { return std::max(0.0, std::min(most, value)); }

}  // namespace

void halve(ThreadPool& pool, const HalveWork& work) {
  const auto tapsOf = [&work](size_t line, const uint8_t** rows, uint32_t* weights, size_t stride) {
    for (size_t tap = 0; tap < 3; tap++) {
      const int32_t place = work.places[3 * line + tap];
      rows[tap] = work.source + (place < 0 ? 0 : static_cast<size_t>(place) * stride);
      weights[tap] = place < 0 ? 0 : work.weights[tap];
    }
  };
  if (work.down) {
    pool.forRange(work.lines, kLeastRows, [&](size_t from, size_t to, Scratch&) {
      for (size_t line = from; line < to; line++) {
        const uint8_t* rows[3];
        uint32_t weights[3];
        tapsOf(line, rows, weights, work.width);
        uint8_t* const target = work.target + line * work.width;
        for (size_t x = 0; x < work.width; x++)
          target[x] = static_cast<uint8_t>(
              (weights[0] * rows[0][x] + weights[1] * rows[1][x] + weights[2] * rows[2][x] + 2) >> 2);
      }
    });
    return;
  }
  pool.forRange(work.height, kLeastRows, [&](size_t from, size_t to, Scratch&) {
    for (size_t y = from; y < to; y++) {
      const uint8_t* const row = work.source + y * work.width;
      uint8_t* const target = work.target + y * work.lines;
      for (size_t line = 0; line < work.lines; line++) {
        uint32_t sum = 2;
        for (size_t tap = 0; tap < 3; tap++) {
          const int32_t place = work.places[3 * line + tap];
          if (place >= 0) sum += work.weights[tap] * static_cast<uint32_t>(row[place]);
        }
        target[line] = static_cast<uint8_t>(sum >> 2);
      }
    }
  });
}

template <typename T>
void paint(ThreadPool& pool, const PlaneView<T>& plane, const CoveredRegion& matte, double wanted, double opacity) {
  const double scale = opacity / 255;
  pool.forRange(matte.height, kLeastRows, [&](size_t from, size_t to, Scratch&) {
    for (size_t row = from; row < to; row++) {
      const uint8_t* const cover = matte.cover + row * matte.width;
      T* const codes = plane.codes + (matte.y + row) * plane.width + matte.x;
      for (size_t x = 0; x < matte.width; x++) {
        const double old = codes[x];
        codes[x] = code<T>(old + (wanted - old) * cover[x] * scale + 0.5);
      }
    }
  });
}

template <typename T>
void uncover(ThreadPool& pool, const PlaneView<T>& source, const PlaneView<T>& target, const CoveredRegion& matte,
             const FieldView& objects, const FieldView& behind, double most) {
  const size_t width = matte.width;
  pool.forRange(matte.height, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    const size_t rowsBytes = FieldRows::bytes(objects, width);
    float* const own = reinterpret_cast<float*>(
        scratch.bytes(2 * width * sizeof(float) + rowsBytes + FieldRows::bytes(behind, width)));
    float* const other = own + width;
    uint8_t* const memory = reinterpret_cast<uint8_t*>(other + width);
    FieldRows ownRows(objects, width, memory);
    FieldRows otherRows(behind, width, memory + rowsBytes);
    for (size_t row = from; row < to; row++) {
      ownRows.row(row, own);
      otherRows.row(row, other);
      const uint8_t* const cover = matte.cover + row * width;
      const T* const seenRow = source.codes + (matte.y + row) * source.width + matte.x;
      T* const out = target.codes + (matte.y + row) * source.width + matte.x;
      for (size_t x = 0; x < width; x++) {
        const double seen = seenRow[x];
        const double alpha = cover[x] / 255.0;
        const double guess = own[x];
        const double colour = guess + alpha * (seen - alpha * guess - (1 - alpha) * static_cast<double>(other[x]));
        out[x] = cover[x] == 255 ? seenRow[x] : code<T>(clamp(colour, most) + 0.5);
      }
    }
  });
}

template <typename T>
void backdrop(ThreadPool& pool, const PlaneView<T>& source, const PlaneView<T>& target, const uint8_t* cover,
              const Fresh<T>& fresh, const Old& old, double most) {
  const size_t width = source.width;
  const bool hasField = fresh.field.values != nullptr;
  const bool hasOld = old.field.values != nullptr;
  pool.forRange(source.height, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    const size_t freshBytes = hasField ? FieldRows::bytes(fresh.field, width) : 0;
    const size_t oldBytes = hasOld ? FieldRows::bytes(old.field, old.region.width) : 0;
    float* const line = reinterpret_cast<float*>(scratch.bytes(2 * width * sizeof(float) + freshBytes + oldBytes));
    float* const behind = line + width;
    uint8_t* const memory = reinterpret_cast<uint8_t*>(behind + width);
    std::fill(behind, behind + width, 0.0f);
    FieldRows freshRows(hasField ? fresh.field : FieldView{}, hasField ? width : 0, memory);
    FieldRows oldRows(hasOld ? old.field : FieldView{}, hasOld ? old.region.width : 0, memory + freshBytes);
    for (size_t y = from; y < to; y++) {
      const T* const seen = source.codes + y * width;
      T* const out = target.codes + y * width;
      const uint8_t* const own = cover + y * width;
      if (hasField) {
        freshRows.row(y, line);
      } else if (fresh.codes != nullptr) {
        for (size_t x = 0; x < width; x++) line[x] = static_cast<float>(fresh.codes[y * width + x]);
      } else {
        std::fill(line, line + width, static_cast<float>(fresh.code));
      }
      if (!hasOld) {
        std::copy(line, line + width, behind);
      } else if (y >= old.region.y && y < old.region.y + old.region.height) {
        oldRows.row(y - old.region.y, behind + old.region.x);
      }
      for (size_t x = 0; x < width; x++) {
        const double next = line[x];
        const double alpha = own[x] / 255.0;
        const double share = clamp(static_cast<double>(seen[x]) - (1 - alpha) * static_cast<double>(behind[x]), alpha * most);
        const T between = code<T>(share + (1 - alpha) * next + 0.5);
        out[x] = own[x] == 0 ? code<T>(next + 0.5) : own[x] == 255 ? seen[x] : between;
      }
    }
  });
}

template void paint(ThreadPool&, const PlaneView<uint8_t>&, const CoveredRegion&, double, double);
template void paint(ThreadPool&, const PlaneView<uint16_t>&, const CoveredRegion&, double, double);
template void uncover(ThreadPool&, const PlaneView<uint8_t>&, const PlaneView<uint8_t>&, const CoveredRegion&,
                      const FieldView&, const FieldView&, double);
template void uncover(ThreadPool&, const PlaneView<uint16_t>&, const PlaneView<uint16_t>&, const CoveredRegion&,
                      const FieldView&, const FieldView&, double);
template void backdrop(ThreadPool&, const PlaneView<uint8_t>&, const PlaneView<uint8_t>&, const uint8_t*,
                       const Fresh<uint8_t>&, const Old&, double);
template void backdrop(ThreadPool&, const PlaneView<uint16_t>&, const PlaneView<uint16_t>&, const uint8_t*,
                       const Fresh<uint16_t>&, const Old&, double);

}  // namespace clearcut

#include "plane.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "float-to-codes.h"

namespace clearcut {
namespace {

constexpr size_t kLeastRows = 8;
constexpr size_t kLeastSamples = 1 << 14;
/** Fraction bits fill codes up to this between the passes, so that what lies there fits into 16 bits. */
constexpr int kMiddleBits = 14;

/** Some output rows, by one thread. `Middle` holds a sample of a horizontally resized row. */
template <typename T, typename Middle>
class ResizeBand {
 public:
  ResizeBand(const T* source, size_t width, size_t height, const ResizeAxis& horizontal, const ResizeAxis& vertical,
             int bits, Scratch& scratch)
      : source_(source),
        width_(width),
        height_(height),
        horizontal_(horizontal),
        vertical_(vertical),
        fraction_(std::max(0, kMiddleBits - bits)),
        held_(vertical.taps, kNone) {
    const auto [first, last] = std::minmax_element(horizontal.starts, horizontal.starts + horizontal.count);
    before_ = static_cast<size_t>(std::max(0, -*first));
    const int32_t end = *last + static_cast<int32_t>(horizontal.taps);
    line_.resize(before_ + std::max(width, static_cast<size_t>(std::max(0, end))));
    uint8_t* const memory = scratch.bytes(horizontal.count * (sizeof(Middle) * vertical.taps + sizeof(int32_t)));
    sums_ = reinterpret_cast<int32_t*>(memory);
    middle_ = reinterpret_cast<Middle*>(sums_ + horizontal.count);
  }

  void row(size_t index, T* target, int32_t maxCode) {
    const int16_t* weights = vertical_.weights + index * vertical_.taps;
    const int shift = kWeightBits + fraction_;
    std::fill(sums_, sums_ + horizontal_.count, int32_t{1} << (shift - 1));
    for (size_t tap = 0; tap < vertical_.taps; tap++) {
      const int16_t weight = weights[tap];
      if (weight == 0) continue;
      const Middle* middle = middleRow(vertical_.starts[index] + static_cast<int32_t>(tap));
      for (size_t x = 0; x < horizontal_.count; x++) sums_[x] += static_cast<int32_t>(weight) * middle[x];
    }
    for (size_t x = 0; x < horizontal_.count; x++) {
      const int32_t code = sums_[x] >> shift;
      target[x] = static_cast<T>(std::min(std::max(code, 0), maxCode));
    }
  }

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  /** A row of the source, counted without end, resized horizontally. Only the last `taps` rows are kept. */
  const Middle* middleRow(int32_t wanted) {
    const auto row = static_cast<size_t>(std::min(std::max(wanted, 0), static_cast<int32_t>(height_) - 1));
    const size_t slot = row % vertical_.taps;
    Middle* const middle = middle_ + slot * horizontal_.count;
    if (held_[slot] == row) return middle;
    held_[slot] = row;
    const T* source = source_ + row * width_;
    Middle* const line = line_.data() + before_;
    std::fill(line_.data(), line, static_cast<Middle>(source[0]));
    std::copy(source, source + width_, line);
    std::fill(line + width_, line_.data() + line_.size(), static_cast<Middle>(source[width_ - 1]));
    const int shift = kWeightBits - fraction_;
    const int16_t* weights = horizontal_.weights;
    for (size_t x = 0; x < horizontal_.count; x++, weights += horizontal_.taps) {
      const Middle* from = line + horizontal_.starts[x];
      int32_t sum = int32_t{1} << (shift - 1);
      for (size_t tap = 0; tap < horizontal_.taps; tap++) sum += static_cast<int32_t>(weights[tap]) * from[tap];
      middle[x] = static_cast<Middle>(sum >> shift);
    }
    return middle;
  }

  const T* source_;
  size_t width_;
  size_t height_;
  const ResizeAxis& horizontal_;
  const ResizeAxis& vertical_;
  int fraction_;
  std::vector<size_t> held_;
  size_t before_ = 0;
  std::vector<Middle> line_;
  int32_t* sums_ = nullptr;
  Middle* middle_ = nullptr;
};

template <typename T, typename Middle>
void resizeWith(ThreadPool& pool, const T* source, size_t width, size_t height, T* target,
                const ResizeAxis& horizontal, const ResizeAxis& vertical, int bits, int maxCode) {
  pool.forRange(vertical.count, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    ResizeBand<T, Middle> band(source, width, height, horizontal, vertical, bits, scratch);
    for (size_t row = from; row < to; row++) band.row(row, target + row * horizontal.count, maxCode);
  });
}

/** The fastest that this processor runs. */
const FloatToCodesKernel& floatToCodes() {
#if defined(__x86_64__) || defined(_M_X64)
  if (kFloatToCodesAvx2.supported()) return kFloatToCodesAvx2;
#endif
  return kFloatToCodesScalar;
}

size_t convert(const FloatToCodesKernel& kernel, const float* source, uint8_t* target, size_t count,
               const FloatToCodes& how) {
  return kernel.toBytes(source, target, count, how);
}

size_t convert(const FloatToCodesKernel& kernel, const float* source, uint16_t* target, size_t count,
               const FloatToCodes& how) {
  return kernel.toWords(source, target, count, how);
}

}  // namespace

template <typename T>
void resizeBicubic(ThreadPool& pool, const T* source, size_t width, size_t height, T* target,
                   const ResizeAxis& horizontal, const ResizeAxis& vertical, int bits, int maxCode) {
  if (bits <= kMiddleBits)
    resizeWith<T, int16_t>(pool, source, width, height, target, horizontal, vertical, bits, maxCode);
  else
    resizeWith<T, int32_t>(pool, source, width, height, target, horizontal, vertical, bits, maxCode);
}

template <typename T>
void planeToFloat(ThreadPool& pool, const T* source, float* target, size_t count, float scale, float offset) {
  pool.forRange(count, kLeastSamples, [=](size_t from, size_t to, Scratch&) {
    for (size_t i = from; i < to; i++) {
      const float scaled = static_cast<float>(source[i]) * scale;
      target[i] = scaled + offset;
    }
  });
}

template <typename T>
size_t floatToPlane(ThreadPool& pool, const float* source, T* target, size_t count, float scale, float offset,
                    int minCode, int maxCode) {
  const FloatToCodes how = {scale, offset, static_cast<float>(minCode), static_cast<float>(maxCode)};
  std::atomic<size_t> odd{0};
  pool.forRange(count, kLeastSamples, [&](size_t from, size_t to, Scratch&) {
    odd += convert(floatToCodes(), source + from, target + from, to - from, how);
  });
  return odd.load();
}

template void resizeBicubic(ThreadPool&, const uint8_t*, size_t, size_t, uint8_t*, const ResizeAxis&,
                            const ResizeAxis&, int, int);
template void resizeBicubic(ThreadPool&, const uint16_t*, size_t, size_t, uint16_t*, const ResizeAxis&,
                            const ResizeAxis&, int, int);
template void planeToFloat(ThreadPool&, const uint8_t*, float*, size_t, float, float);
template void planeToFloat(ThreadPool&, const uint16_t*, float*, size_t, float, float);
template size_t floatToPlane(ThreadPool&, const float*, uint8_t*, size_t, float, float, int, int);
template size_t floatToPlane(ThreadPool&, const float*, uint16_t*, size_t, float, float, int, int);

}  // namespace clearcut

#include "colour.h"

#include <algorithm>
#include <atomic>
#include <vector>

namespace clearcut {
namespace {

constexpr size_t kLeastRows = 8;

Rgb rowOf(float* picture, const ColourLayout& layout, size_t row) {
  const size_t plane = layout.width * layout.height;
  float* const red = picture + row * layout.width;
  return {red, red + plane, red + 2 * plane};
}

ConstRgb rowOf(const float* picture, const ColourLayout& layout, size_t row) {
  const size_t plane = layout.width * layout.height;
  const float* const red = picture + row * layout.width;
  return {red, red + plane, red + 2 * plane};
}

/** Chroma of rows of colours, with as many samples across as chroma planes have. The last `taps` rows are kept. */
class ChromaRows {
 public:
  ChromaRows(const float* picture, const ColourLayout& layout, Scratch& scratch)
      : picture_(picture), layout_(layout), held_(layout.down.taps, kNone) {
    const size_t full = layout.width + kRowFill;
    full_ = reinterpret_cast<float*>(
        scratch.bytes(sizeof(float) * (full + 2 * layout.down.taps * layout.chromaWidth)));
    kept_ = full_ + full;
  }

  /** Both chroma rows of a row of the picture: blue, and after it red. */
  const float* row(size_t row) {
    const size_t slot = row % held_.size();
    float* const blue = kept_ + 2 * slot * layout_.chromaWidth;
    if (held_[slot] == row) return blue;
    held_[slot] = row;
    toChroma(rowOf(picture_, layout_, row), layout_.width, layout_.across, layout_.factors, full_, blue,
             blue + layout_.chromaWidth);
    return blue;
  }

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  const float* picture_;
  const ColourLayout& layout_;
  std::vector<size_t> held_;
  float* full_;
  float* kept_;
};

template <typename T>
void chromaRow(ChromaRows& source, const ColourLayout& layout, size_t index, T* const planes[3]) {
  constexpr size_t kMostTaps = 8;
  const float* blue[kMostTaps];
  const float* red[kMostTaps];
  const float* const weights = layout.down.weights + index * layout.down.taps;
  const size_t start = static_cast<size_t>(layout.down.starts[index]);
  for (size_t tap = 0; tap < layout.down.taps; tap++) {
    // Beyond the last row weights are 0.
    const size_t row = std::min(start + tap, layout.height - 1);
    blue[tap] = source.row(row);
    red[tap] = blue[tap] + layout.chromaWidth;
  }
  const size_t at = index * layout.chromaWidth;
  sumChroma(blue, weights, layout.down.taps, layout.chromaWidth, layout.factors, planes[1] + at);
  sumChroma(red, weights, layout.down.taps, layout.chromaWidth, layout.factors, planes[2] + at);
}

}  // namespace

template <typename T>
void planesToRgb(ThreadPool& pool, const T* const planes[3], const ColourLayout& layout, float* target) {
  pool.forRange(layout.height, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    const size_t chroma = layout.chromaWidth + kRowFill;
    float* const blue = reinterpret_cast<float*>(scratch.bytes(2 * chroma * sizeof(float)));
    float* const red = blue + chroma;
    for (size_t row = from; row < to; row++) {
      const T* const luma = planes[0] + row * layout.width;
      const Rgb place = rowOf(target, layout, row);
      if (layout.grey) {
        greyToRgb(luma, layout.width, layout.factors, place);
        continue;
      }
      const float* const weights = layout.down.weights + row * layout.down.taps;
      const size_t above = static_cast<size_t>(layout.down.starts[row]);
      const bool two = layout.down.taps > 1;
      const size_t below = two ? std::min(above + 1, layout.chromaHeight - 1) : above;
      const float second = two ? weights[1] : 0;
      for (size_t plane = 1; plane < 3; plane++)
        mixChroma(planes[plane] + above * layout.chromaWidth, planes[plane] + below * layout.chromaWidth,
                  weights[0], second, layout.chromaWidth, plane == 1 ? blue : red);
      toRgb(luma, blue, red, layout.across, layout.width, layout.factors, place);
    }
  });
}

template <typename T>
size_t rgbToPlanes(ThreadPool& pool, const float* source, const ColourLayout& layout, T* const planes[3]) {
  std::atomic<size_t> odd{0};
  pool.forRange(layout.height, kLeastRows, [&](size_t from, size_t to, Scratch&) {
    size_t found = 0;
    for (size_t row = from; row < to; row++)
      found += toLuma(rowOf(source, layout, row), layout.width, layout.factors, planes[0] + row * layout.width);
    odd += found;
  });
  if (!layout.grey)
    pool.forRange(layout.chromaHeight, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
      ChromaRows chroma(source, layout, scratch);
      for (size_t row = from; row < to; row++) chromaRow(chroma, layout, row, planes);
    });
  return odd.load();
}

template void planesToRgb(ThreadPool&, const uint8_t* const[3], const ColourLayout&, float*);
template void planesToRgb(ThreadPool&, const uint16_t* const[3], const ColourLayout&, float*);
template size_t rgbToPlanes(ThreadPool&, const float*, const ColourLayout&, uint8_t* const[3]);
template size_t rgbToPlanes(ThreadPool&, const float*, const ColourLayout&, uint16_t* const[3]);

}  // namespace clearcut

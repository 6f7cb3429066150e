#include "quantized-conv2d.h"

#include <algorithm>

namespace clearcut {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);
constexpr float kMostWhole = 32767.0f;

/** clamp(rint(x · levels)); below 2^22, adding and taking away 1.5 · 2^23 rounds to whole numbers, half to even. */
void toWhole(const float* x, size_t count, float levels, int16_t* whole) {
  constexpr float kRound = 12582912.0f;
  for (size_t i = 0; i < count; i++) {
    float t = x[i] * levels;
    t = t > -kMostWhole ? t : -kMostWhole;
    t = t < kMostWhole ? t : kMostWhole;
    whole[i] = static_cast<int16_t>(static_cast<int32_t>((t + kRound) - kRound));
  }
}

}  // namespace

QuantizedConv2dLayer::QuantizedConv2dLayer(const QuantizedConv2dKernel& kernel, const QuantizedConv2dOptions& options)
    : kernel_(kernel), options_(options), pairs_((options.kernelWidth + 1) / 2) {
  const size_t vectors = (options.cout + kernel.lanes - 1) / kernel.lanes;
  const size_t filled = vectors * kernel.lanes;
  scale_.assign(filled, 0.0f);
  bias_.assign(filled, 0.0f);
  std::copy(options.scale, options.scale + options.cout, scale_.begin());
  std::copy(options.bias, options.bias + options.cout, bias_.begin());
  // The second weight of an odd row's last pair is 0: that sample belongs to the next window.
  packed_.resize(filled * options.kernelHeight * pairs_ * 2);
  const int16_t* weight = options.weights;
  for (size_t channel = 0; channel < options.cout; channel++)
    for (size_t row = 0; row < options.kernelHeight; row++)
      for (size_t column = 0; column < options.kernelWidth; column++, weight++) {
        const size_t pair = (channel / kernel.lanes * options.kernelHeight + row) * pairs_ + column / 2;
        packed_.data()[(pair * kernel.lanes + channel % kernel.lanes) * 2 + column % 2] = *weight;
      }
  options_.weights = nullptr;
  options_.scale = options_.bias = nullptr;
}

Accesses QuantizedConv2dStep::accesses(size_t from, size_t to) const {
  const QuantizedConv2dOptions& options = layer_->options_;
  const RowSpan read = withReach(from, to, options.kernelHeight / 2, rows());
  return {{reading(x_, width_ * sizeof(float), read.from, read.to), writing(y_, width_ * options.cout, from, to)}};
}

void QuantizedConv2dStep::run(size_t from, size_t to, Scratch& scratch) const {
  const QuantizedConv2dOptions& options = layer_->options_;
  const size_t kernelHeight = options.kernelHeight;
  const size_t above = kernelHeight / 2;
  const size_t left = options.kernelWidth / 2;
  const size_t rowLength = left + width_ + layer_->kernel_.pixelsAtOnce - 1 + 2 * layer_->pairs_;
  // kernelHeight padded rows, row r of the picture in slot r % kernelHeight, and one of nothing but zeros.
  auto* const ring = reinterpret_cast<int16_t*>(scratch.bytes(rowLength * (kernelHeight + 1) * sizeof(int16_t)));
  std::fill(ring, ring + rowLength * (kernelHeight + 1), int16_t{0});
  const int16_t* const zeros = ring + rowLength * kernelHeight;
  std::vector<size_t> held(kernelHeight, kNone);
  std::vector<const int16_t*> window(kernelHeight);

  QuantizedConv2dRow work;
  work.rows = window.data();
  work.kernelHeight = kernelHeight;
  work.pairs = layer_->pairs_;
  work.weights = layer_->packed_.data();
  work.pixels = width_;
  work.scale = layer_->scale_.data();
  work.bias = layer_->bias_.data();
  work.channels = options.cout;
  work.relu = options.relu;
  work.yZeroPoint = options.yZeroPoint;
  for (size_t row = from; row < to; row++) {
    const size_t first = row / height_ * height_;
    for (size_t tap = 0; tap < kernelHeight; tap++) {
      // Counted through all images; the image's own rows begin at `first`.
      const size_t source = row + tap - above;
      if (row + tap < first + above || source >= first + height_) {
        window[tap] = zeros;
        continue;
      }
      const size_t slot = source % kernelHeight;
      int16_t* const samples = ring + slot * rowLength;
      window[tap] = samples;
      if (held[slot] == source) continue;
      held[slot] = source;
      toWhole(x_ + source * width_, width_, options.xLevels, samples + left);
    }
    work.y = y_ + row * width_ * options.cout;
    layer_->kernel_.run(work);
  }
}

}  // namespace clearcut

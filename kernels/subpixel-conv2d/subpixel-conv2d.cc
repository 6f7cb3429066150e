#include "subpixel-conv2d.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace clearcut {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);
constexpr size_t kAlignment = 64;
/** Bicubic taps reach this far to either side. */
constexpr size_t kReach = kBicubicTaps / 2;

size_t roundUp(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

}  // namespace

SubpixelConv2dLayer::SubpixelConv2dLayer(const SubpixelConv2dKernel& kernel, const SubpixelConv2dOptions& options)
    : kernel_(kernel),
      options_(options),
      outputs_(options.blockSize * options.blockSize),
      blocks_((outputs_ + kOutputsAtOnce - 1) / kOutputsAtOnce),
      groups_((options.kernelWidth * options.cin + kernel.words - 1) / kernel.words),
      start_(outputs_),
      scale_(options.scale, options.scale + outputs_),
      bias_(options.bias, options.bias + outputs_),
      firstTap_(options.blockSize),
      tapWeights_(options.tapWeights, options.tapWeights + options.blockSize * kBicubicTaps) {
  pack(options.weights);
  for (size_t phase = 0; phase < options.blockSize; phase++) {
    const double offset = (static_cast<double>(phase) + 0.5) / static_cast<double>(options.blockSize) - 0.5;
    firstTap_[phase] = static_cast<int>(std::floor(offset)) - 1;
  }
  options_.weights = nullptr;
  options_.scale = options_.bias = options_.tapWeights = nullptr;
}

void SubpixelConv2dLayer::pack(const int16_t* weights) {
  const size_t rowWords = options_.kernelWidth * options_.cin;
  packed_.resize(blocks_ * options_.kernelHeight * groups_ * kOutputsAtOnce * kernel_.words);
  for (size_t output = 0; output < outputs_; output++) {
    int64_t total = 0;
    for (size_t row = 0; row < options_.kernelHeight; row++)
      for (size_t word = 0; word < rowWords; word++, weights++) {
        total += *weights;
        const size_t block = output / kOutputsAtOnce * options_.kernelHeight + row;
        const size_t vector = (block * groups_ + word / kernel_.words) * kOutputsAtOnce + output % kOutputsAtOnce;
        packed_.data()[vector * kernel_.words + word % kernel_.words] = *weights;
      }
    start_[output] = static_cast<int32_t>(-total * options_.xZeroPoint);
  }
}

/** Some rows of a step, worked on by one thread. */
class SubpixelConv2dBand {
 public:
  SubpixelConv2dBand(const SubpixelConv2dStep& step, Scratch& scratch)
      : step_(step),
        layer_(*step.layer_),
        options_(layer_.options_),
        window_(options_.kernelHeight),
        held_(options_.kernelHeight, kNone) {
    const SubpixelConv2dKernel& kernel = layer_.kernel_;
    const size_t beyond = (options_.kernelWidth / 2 + kernel.pixelsAtOnce) * options_.cin + kernel.words;
    rowBytes_ = roundUp((options_.kernelWidth / 2 + step.width_) * options_.cin + beyond, kAlignment);
    sumsStep_ = layer_.blocks_ * kOutputsAtOnce;
    const size_t ringBytes = rowBytes_ * (options_.kernelHeight + 1);
    const size_t sumsBytes = roundUp(step.width_ * sumsStep_ * sizeof(int32_t), kAlignment);
    const size_t skipBytes = (step.width_ + 2 * kReach) * sizeof(float);
    ring_ = scratch.bytes(ringBytes + sumsBytes + skipBytes);
    sums_ = reinterpret_cast<int32_t*>(ring_ + ringBytes);
    enlarged_ = reinterpret_cast<float*>(ring_ + ringBytes + sumsBytes);
    std::memset(ring_, options_.xZeroPoint, ringBytes);
  }

  /** Row `row` of the source, counted through all images. */
  void run(size_t row) {
    readWindow(row);
    SubpixelConv2dRow work;
    work.rows = window_.data();
    work.kernelHeight = options_.kernelHeight;
    work.groups = layer_.groups_;
    work.pixelStep = options_.cin;
    work.weights = layer_.packed_.data();
    work.blocks = layer_.blocks_;
    work.pixels = step_.width_;
    work.sums = sums_;
    layer_.kernel_.sum(work);
    for (size_t phase = 0; phase < options_.blockSize; phase++) finish(row, phase);
  }

 private:
  void readWindow(size_t row) {
    const size_t first = row / step_.height_ * step_.height_;
    const size_t above = options_.kernelHeight / 2;
    const size_t rowCodes = step_.width_ * options_.cin;
    for (size_t tap = 0; tap < options_.kernelHeight; tap++) {
      const size_t source = row + tap - above;
      if (row + tap < first + above || source >= first + step_.height_) {
        window_[tap] = ring_ + options_.kernelHeight * rowBytes_;
        continue;
      }
      const size_t slot = source % options_.kernelHeight;
      uint8_t* const codes = ring_ + slot * rowBytes_;
      window_[tap] = codes;
      if (held_[slot] == source) continue;
      held_[slot] = source;
      std::memcpy(codes + options_.kernelWidth / 2 * options_.cin, step_.x_ + source * rowCodes, rowCodes);
    }
  }

  /** The output row of one phase down. */
  void finish(size_t row, size_t phase) {
    const size_t s = options_.blockSize;
    const size_t width = step_.width_;
    const auto first = static_cast<ptrdiff_t>(row / step_.height_ * step_.height_);
    const auto last = first + static_cast<ptrdiff_t>(step_.height_) - 1;
    const float* rows[kBicubicTaps];
    for (size_t tap = 0; tap < kBicubicTaps; tap++) {
      const ptrdiff_t wanted = static_cast<ptrdiff_t>(row + tap) + layer_.firstTap_[phase];
      rows[tap] = step_.skip_ + static_cast<size_t>(std::min(std::max(wanted, first), last)) * width;
    }
    float* const enlarged = enlarged_ + kReach;
    layer_.kernel_.enlargeDown(rows, layer_.tapWeights_.data() + phase * kBicubicTaps, width, enlarged);
    std::fill(enlarged - kReach, enlarged, enlarged[0]);
    std::fill(enlarged + width, enlarged + width + kReach, enlarged[width - 1]);
    SubpixelRow work;
    work.blockSize = s;
    work.pixels = width;
    work.sums = sums_ + phase * s;
    work.sumsStep = sumsStep_;
    work.start = layer_.start_.data() + phase * s;
    work.scale = layer_.scale_.data() + phase * s;
    work.bias = layer_.bias_.data() + phase * s;
    work.skip = enlarged;
    work.firstTap = layer_.firstTap_.data();
    work.tapWeights = reinterpret_cast<const float(*)[kBicubicTaps]>(layer_.tapWeights_.data());
    work.y = step_.y_ + (row * s + phase) * width * s;
    layer_.kernel_.finish(work);
  }

  const SubpixelConv2dStep& step_;
  const SubpixelConv2dLayer& layer_;
  const SubpixelConv2dOptions& options_;
  std::vector<const uint8_t*> window_;
  std::vector<size_t> held_;
  size_t rowBytes_ = 0;
  size_t sumsStep_ = 0;
  /** kernelHeight padded rows, row r of the picture in slot r % kernelHeight, and one of nothing but padding. */
  uint8_t* ring_ = nullptr;
  int32_t* sums_ = nullptr;
  float* enlarged_ = nullptr;
};

Accesses SubpixelConv2dStep::accesses(size_t from, size_t to) const {
  const SubpixelConv2dOptions& options = layer_->options_;
  const RowSpan codes = withReach(from, to, options.kernelHeight / 2, rows());
  const RowSpan plane = withReach(from, to, kReach, rows());
  const size_t rowBytes = width_ * options.blockSize * options.blockSize * sizeof(float);
  return {{reading(x_, width_ * options.cin, codes.from, codes.to),
           reading(skip_, width_ * sizeof(float), plane.from, plane.to), writing(y_, rowBytes, from, to)}};
}

void SubpixelConv2dStep::run(size_t from, size_t to, Scratch& scratch) const {
  SubpixelConv2dBand band(*this, scratch);
  for (size_t row = from; row < to; row++) band.run(row);
}

}  // namespace clearcut

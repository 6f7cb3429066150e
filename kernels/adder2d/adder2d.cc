#include "adder2d.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>

namespace clearcut {
namespace {

constexpr size_t kAlignment = 64;

size_t roundUp(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

size_t bytesToAlignment(const uint8_t* memory) {
  return (kAlignment - reinterpret_cast<uintptr_t>(memory) % kAlignment) % kAlignment;
}

std::vector<float> filled(const float* values, size_t count) {
  std::vector<float> result(roundUp(count, kChannelFill), 0.0f);
  if (values != nullptr) std::copy(values, values + count, result.begin());
  return result;
}

}  // namespace

Adder2dLayer::Adder2dLayer(const Adder2dKernel& kernel, const Adder2dOptions& options)
    : kernel_(kernel),
      options_(options),
      filledCin_(roundUp(options.cin, kGroup)),
      scale_(filled(options.scale, options.cout)),
      bias_(filled(options.bias, options.cout)),
      slope_(filled(options.slope, options.cout)) {
  assert(kChannelFill % (2 * kernel.lanes) == 0);
  pack(options.weights);
  options_.weights = nullptr;
  options_.scale = options_.bias = options_.slope = nullptr;
}

size_t Adder2dLayer::outputHeight(size_t height) const {
  return (height + options_.padTop + options_.padBottom - options_.kernelHeight) / options_.strideHeight + 1;
}

size_t Adder2dLayer::outputWidth(size_t width) const {
  return (width + options_.padLeft + options_.padRight - options_.kernelWidth) / options_.strideWidth + 1;
}

// Packed as [block][kernel row][group][vector][lane][8 bytes]. Channels that fill up the input are 0 in the
// filter as in the picture and add nothing; outputs beyond the last are computed and thrown away.
void Adder2dLayer::pack(const uint8_t* weights) {
  const size_t cin = options_.cin;
  const size_t cout = options_.cout;
  const size_t pairChannels = 2 * kernel_.lanes;
  const size_t pairs = (cout + pairChannels - 1) / pairChannels;
  const size_t taps = options_.kernelHeight * options_.kernelWidth;
  const size_t vectorBytes = kernel_.lanes * kGroup;
  packed_.assign(pairs * 2 * vectorBytes * taps * (filledCin_ / kGroup) + kAlignment, 0);
  packedStart_ = bytesToAlignment(packed_.data());
  uint8_t* const start = packed_.data() + packedStart_;
  uint8_t* out = start;
  for (size_t first = 0; first < pairs; first += kernel_.maxPairs) {
    const size_t blockPairs = std::min(kernel_.maxPairs, pairs - first);
    blocks_.push_back({first * pairChannels, blockPairs, static_cast<size_t>(out - start)});
    for (size_t tap = 0; tap < taps; tap++)
      for (size_t input = 0; input < filledCin_; input += kGroup)
        for (size_t vector = 0; vector < 2 * blockPairs; vector++)
          for (size_t lane = 0; lane < kernel_.lanes; lane++, out += kGroup) {
            const size_t inPair = kernel_.interleaved ? 2 * lane + vector % 2 : vector % 2 * kernel_.lanes + lane;
            const size_t channel = (first + vector / 2) * pairChannels + inPair;
            if (channel >= cout) continue;
            std::memcpy(out, weights + (channel * taps + tap) * cin + input, std::min(kGroup, cin - input));
          }
  }
}

/** Some rows of a layer's output, worked on by one thread. */
struct Adder2dBand {
  const Adder2dStep& step;
  const Adder2dLayer& layer;
  const Adder2dOptions& options;
  size_t outHeight;
  size_t outWidth;
  /** Bytes of a padded row, and of the part of it that the picture fills. */
  size_t rowBytes;
  /** kernelHeight padded rows; padded row r of the picture lies in slot r % kernelHeight. */
  uint8_t* ring;
  /** A row of nothing but padding. */
  uint8_t* padding;
  std::vector<size_t> held;
  std::vector<const uint8_t*> window;

  Adder2dBand(const Adder2dStep& from, Scratch& scratch)
      : step(from),
        layer(*from.layer),
        options(layer.options_),
        outHeight(layer.outputHeight(from.height)),
        outWidth(layer.outputWidth(from.width)),
        window(options.kernelHeight) {
    // The kernel always computes pixelsAtOnce pixels, so the last of a row read past its end.
    const size_t beyond = (layer.kernel_.pixelsAtOnce - 1) * options.strideWidth + options.kernelWidth;
    rowBytes = roundUp((options.padLeft + from.width + options.padRight + beyond) * layer.filledCin_, kAlignment);
    ring = scratch.bytes(rowBytes * (options.kernelHeight + 1));
    padding = ring + rowBytes * options.kernelHeight;
    for (size_t slot = 0; slot <= options.kernelHeight; slot++) fillWithPadding(ring + slot * rowBytes);
  }

  void fillWithPadding(uint8_t* row) const {
    if (options.cin == layer.filledCin_ || options.padCode == 0) {
      std::memset(row, options.padCode, rowBytes);
      return;
    }
    std::memset(row, 0, rowBytes);
    for (size_t at = 0; at + options.cin <= rowBytes; at += layer.filledCin_)
      std::memset(row + at, options.padCode, options.cin);
  }

  void copyRow(const uint8_t* source, uint8_t* row) const {
    uint8_t* target = row + options.padLeft * layer.filledCin_;
    if (options.cin == layer.filledCin_) {
      std::memcpy(target, source, step.width * options.cin);
      return;
    }
    for (size_t pixel = 0; pixel < step.width; pixel++, target += layer.filledCin_, source += options.cin)
      std::memcpy(target, source, options.cin);
  }

  /** Rows `from` to `to` of the output, counted through all images. */
  void run(size_t from, size_t to) {
    constexpr size_t kNone = static_cast<size_t>(-1);
    size_t image = kNone;
    for (size_t row = from; row < to; row++) {
      if (row / outHeight != image) {
        image = row / outHeight;
        held.assign(options.kernelHeight, kNone);
      }
      const uint8_t* picture = step.x + image * step.height * step.width * options.cin;
      for (size_t tap = 0; tap < options.kernelHeight; tap++) {
        const size_t padded = row % outHeight * options.strideHeight + tap;
        if (padded < options.padTop || padded >= options.padTop + step.height) {
          window[tap] = padding;
          continue;
        }
        const size_t slot = padded % options.kernelHeight;
        window[tap] = ring + slot * rowBytes;
        if (held[slot] == padded) continue;
        held[slot] = padded;
        copyRow(picture + (padded - options.padTop) * step.width * options.cin, ring + slot * rowBytes);
      }
      runRow(row);
    }
  }

  void runRow(size_t row) {
    Adder2dRow work;
    work.rows = window.data();
    work.kernelHeight = options.kernelHeight;
    work.groups = options.kernelWidth * layer.filledCin_ / kGroup;
    work.pixelStep = options.strideWidth * layer.filledCin_;
    work.pixels = outWidth;
    work.yStep = options.cout;
    work.epilogue = &options.epilogue;
    for (const auto& block : layer.blocks_) {
      const size_t at = row * outWidth * options.cout + block.firstChannel;
      work.weights = layer.packed_.data() + layer.packedStart_ + block.weightsOffset;
      work.scale = layer.scale_.data() + block.firstChannel;
      work.bias = layer.bias_.data() + block.firstChannel;
      work.slope = layer.slope_.data() + block.firstChannel;
      work.channels = std::min(options.cout - block.firstChannel, block.pairs * 2 * layer.kernel_.lanes);
      work.residual = step.residual == nullptr ? nullptr : step.residual + at;
      work.y = static_cast<uint8_t*>(step.y) + at * (options.epilogue.toFloat ? sizeof(float) : 1);
      layer.kernel_.run(work, block.pairs);
    }
  }
};

Accesses Adder2dStep::accesses(size_t from, size_t to) const {
  const Adder2dOptions& options = layer->options();
  const size_t outHeight = layer->outputHeight(height);
  // Padded rows of the first and the last window, cut to the picture; at its border at least one row of it.
  const size_t top = from % outHeight * options.strideHeight;
  const size_t bottom = (to - 1) % outHeight * options.strideHeight + options.kernelHeight;
  const size_t first = from / outHeight * height + (top > options.padTop ? top - options.padTop : 0);
  const size_t rest = bottom > options.padTop ? std::min(bottom - options.padTop, height) : 0;
  const size_t last = (to - 1) / outHeight * height + rest;
  const size_t rowOutputs = layer->outputWidth(width) * options.cout;
  const size_t outputBytes = options.epilogue.toFloat ? sizeof(float) : 1;
  Accesses accesses = {{reading(x, width * options.cin, std::min(first, last), last),
                        writing(y, rowOutputs * outputBytes, from, to)}};
  if (residual != nullptr) accesses[2] = reading(residual, rowOutputs, from, to);
  return accesses;
}

void Adder2dStep::run(size_t from, size_t to, Scratch& scratch) const { Adder2dBand(*this, scratch).run(from, to); }

}  // namespace clearcut

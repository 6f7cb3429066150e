#pragma once

// What is done to a row of a picture. Vectors of eight (AVX2) were no faster than what any x86-64 or ARM64 compiler
// makes of these loops: they wait for memory.

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace clearcut {

/** Chroma rows are followed by so many zeros: taps of weight 0 may reach beyond the end. */
constexpr size_t kRowFill = 8;

/** plane/colour-reference.ts says what these mean. */
struct ColourFactors {
  float lumaScale, lumaOffset;      // code → luma
  float chromaScale, chromaOffset;  // code → chroma
  float redFromRed, greenFromBlue, greenFromRed, blueFromBlue;
  float red, green, blue;         // weights in luma
  float blueSpread, redSpread;    // colour less luma → chroma
  float lumaSpan, lumaZero;       // luma → code
  float chromaSpan, chromaZero;   // chroma → code
  float most;
};

/** plane/chroma-axis.ts makes it. */
struct LinearAxis {
  size_t count = 0;
  size_t taps = 0;
  const int32_t* starts = nullptr;
  const float* weights = nullptr;
};

struct Rgb {
  float* red;
  float* green;
  float* blue;
};

struct ConstRgb {
  const float* red;
  const float* green;
  const float* blue;
};

/** clamp(rint(value)), half to even; below 2^22, adding and taking away 1.5 · 2^23 rounds to whole numbers. */
template <typename T>
inline T codeOf(float value, float most) {
  constexpr float kRound = 12582912.0f;
  float t = value > 0.0f ? value : 0.0f;
  t = t < most ? t : most;
  return static_cast<T>(static_cast<int32_t>((t + kRound) - kRound));
}

inline uint32_t isOdd(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
}

/** target = above · weightAbove + below · weightBelow, kRowFill zeros after it. */
template <typename T>
void mixChroma(const T* above, const T* below, float weightAbove, float weightBelow, size_t count, float* target) {
  for (size_t i = 0; i < count; i++)
    target[i] = static_cast<float>(above[i]) * weightAbove + static_cast<float>(below[i]) * weightBelow;
  for (size_t i = 0; i < kRowFill; i++) target[count + i] = 0;
}

/** A pixel's colours. */
inline void colour(float code, float blueCode, float redCode, const ColourFactors& how, const Rgb& target, size_t x) {
  const float y = code * how.lumaScale + how.lumaOffset;
  const float b = blueCode * how.chromaScale + how.chromaOffset;
  const float r = redCode * how.chromaScale + how.chromaOffset;
  target.red[x] = y + r * how.redFromRed;
  target.green[x] = (y + b * how.greenFromBlue) + r * how.greenFromRed;
  target.blue[x] = y + b * how.blueFromBlue;
}

/** Luma, and chroma as mixed, to colours. */
template <typename T>
void toRgb(const T* luma, const float* chromaBlue, const float* chromaRed, const LinearAxis& across, size_t count,
           const ColourFactors& how, const Rgb& target) {
  if (across.taps == 1) {
    for (size_t x = 0; x < count; x++)
      colour(static_cast<float>(luma[x]), chromaBlue[x], chromaRed[x], how, target, x);
    return;
  }
  for (size_t x = 0; x < count; x++) {
    const size_t from = static_cast<size_t>(across.starts[x]);
    const float first = across.weights[2 * x];
    const float second = across.weights[2 * x + 1];
    const float b = chromaBlue[from] * first + chromaBlue[from + 1] * second;
    const float r = chromaRed[from] * first + chromaRed[from + 1] * second;
    colour(static_cast<float>(luma[x]), b, r, how, target, x);
  }
}

template <typename T>
void greyToRgb(const T* luma, size_t count, const ColourFactors& how, const Rgb& target) {
  for (size_t x = 0; x < count; x++) {
    const float y = static_cast<float>(luma[x]) * how.lumaScale + how.lumaOffset;
    target.red[x] = y;
    target.green[x] = y;
    target.blue[x] = y;
  }
}

inline float lumaOf(const ConstRgb& source, const ColourFactors& how, size_t x) {
  return (source.red[x] * how.red + source.green[x] * how.green) + source.blue[x] * how.blue;
}

/** Returns how many of the colours are not finite. */
template <typename T>
size_t toLuma(const ConstRgb& source, size_t count, const ColourFactors& how, T* luma) {
  uint32_t odd = 0;
  for (size_t x = 0; x < count; x++) {
    odd += isOdd(source.red[x]) | isOdd(source.green[x]) | isOdd(source.blue[x]);
    luma[x] = codeOf<T>(lumaOf(source, how, x) * how.lumaSpan + how.lumaZero, how.most);
  }
  return odd;
}

inline void across(const float* full, const LinearAxis& axis, float* target) {
  for (size_t j = 0; j < axis.count; j++) {
    const float* from = full + axis.starts[j];
    const float* weights = axis.weights + j * axis.taps;
    float sum = 0;
    for (size_t tap = 0; tap < axis.taps; tap++) sum = sum + weights[tap] * from[tap];
    target[j] = sum;
  }
}

/** Chroma of a row of colours, one sample for each of `axis`; `full` has room for count + kRowFill. */
inline void toChroma(const ConstRgb& source, size_t count, const LinearAxis& axis, const ColourFactors& how,
                     float* full, float* chromaBlue, float* chromaRed) {
  for (size_t i = 0; i < kRowFill; i++) full[count + i] = 0;
  for (size_t x = 0; x < count; x++) full[x] = (source.blue[x] - lumaOf(source, how, x)) * how.blueSpread;
  across(full, axis, chromaBlue);
  for (size_t x = 0; x < count; x++) full[x] = (source.red[x] - lumaOf(source, how, x)) * how.redSpread;
  across(full, axis, chromaRed);
}

/** Codes of a weighted sum of chroma rows. */
template <typename T>
void sumChroma(const float* const* rows, const float* weights, size_t taps, size_t count, const ColourFactors& how,
               T* target) {
  for (size_t j = 0; j < count; j++) {
    float sum = 0;
    for (size_t tap = 0; tap < taps; tap++) sum = sum + weights[tap] * rows[tap][j];
    target[j] = codeOf<T>(sum * how.chromaSpan + how.chromaZero, how.most);
  }
}

}  // namespace clearcut

// As for AVX-512, with four lanes a vector.

#include <immintrin.h>

#include <assert.h>
#include <string.h>

#include "../cpu/features.h"
#include "epilogue.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr size_t kLanes = 4;
constexpr size_t kPixels = 3;
constexpr size_t kMaxPairs = 2;
constexpr size_t kPairChannels = 2 * kLanes;
constexpr size_t kVectorBytes = kLanes * kGroup;

/** The epilogue's constants, in registers or at hand: what is stored to y can't be one of them. */
struct Constants {
  __m256 residualScale;
  __m256 least;
  __m256 most;
  __m256i zeroPoint;
  Epilogue epilogue;

  explicit Constants(const Epilogue& from)
      : residualScale(_mm256_set1_ps(from.residualScale)),
        least(_mm256_set1_ps(static_cast<float>(-from.yZeroPoint))),
        most(_mm256_set1_ps(static_cast<float>(255 - from.yZeroPoint))),
        zeroPoint(_mm256_set1_epi32(from.yZeroPoint)),
        epilogue(from) {}
};

inline __m256 addResidual(__m256 t, const Constants& constants, const uint8_t* residual, size_t valid) {
  long long eight = 0;
  if (valid == kPairChannels)
    memcpy(&eight, residual, kPairChannels);
  else
    memcpy(&eight, residual, valid);
  const __m256 codes = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128(eight)));
  return _mm256_add_ps(t, _mm256_mul_ps(codes, constants.residualScale));
}

inline __m256 activate(__m256 t, const Constants& constants, __m256 slope) {
  const Epilogue& epilogue = constants.epilogue;
  if (epilogue.activation == Activation::relu) {
    t = _mm256_max_ps(t, _mm256_setzero_ps());
  } else if (epilogue.activation == Activation::prelu) {
    const __m256 below = _mm256_cmp_ps(t, _mm256_setzero_ps(), _CMP_LT_OQ);
    t = _mm256_blendv_ps(t, _mm256_mul_ps(t, slope), below);
  }
  if (epilogue.power != 1) {
    alignas(32) float values[kPairChannels];
    _mm256_store_ps(values, t);
    for (float& value : values) value = applyPower(value, epilogue);
    t = _mm256_load_ps(values);
  }
  return t;
}

/** Clamping before rounding gives the same codes, as the limits are whole numbers. */
inline long long toCodes(__m256 t, const Constants& constants) {
  t = _mm256_min_ps(_mm256_max_ps(t, constants.least), constants.most);
  t = _mm256_round_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m256i codes = _mm256_add_epi32(_mm256_cvtps_epi32(t), constants.zeroPoint);
  const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(codes), _mm256_extracti128_si256(codes, 1));
  return _mm_cvtsi128_si64(_mm_packus_epi16(words, words));
}

/** Sums of kPixels pixels from `pixel` on: 32 bits each, channels in their order. */
template <size_t Pairs>
inline void sumWindows(const Adder2dRow& row, size_t pixel, int32_t (*result)[Pairs * kPairChannels]) {
  constexpr size_t kVectors = 2 * Pairs;
  __m256i sums[kPixels][kVectors];
#pragma GCC unroll 8
  for (size_t p = 0; p < kPixels; p++)
#pragma GCC unroll 8
    for (size_t v = 0; v < kVectors; v++) sums[p][v] = _mm256_setzero_si256();

  const uint8_t* weights = row.weights;
  const size_t step = row.pixelStep;
  for (size_t tap = 0; tap < row.kernelHeight; tap++) {
    const uint8_t* x = row.rows[tap] + pixel * step;
    for (size_t group = 0; group < row.groups; group++, x += kGroup, weights += kVectors * kVectorBytes) {
      __m256i w[kVectors];
#pragma GCC unroll 8
      for (size_t v = 0; v < kVectors; v++)
        w[v] = _mm256_load_si256(reinterpret_cast<const __m256i*>(weights + v * kVectorBytes));
#pragma GCC unroll 8
      for (size_t p = 0; p < kPixels; p++) {
        long long eight;
        memcpy(&eight, x + p * step, sizeof eight);
        const __m256i input = _mm256_set1_epi64x(eight);
#pragma GCC unroll 8
        for (size_t v = 0; v < kVectors; v++)
          sums[p][v] = _mm256_add_epi64(sums[p][v], _mm256_sad_epu8(input, w[v]));
      }
    }
  }

  // Sums are below 2^32: the second vector fits into the upper halves of the first one's lanes.
#pragma GCC unroll 8
  for (size_t p = 0; p < kPixels; p++)
#pragma GCC unroll 8
    for (size_t pair = 0; pair < Pairs; pair++) {
      const __m256i upper = _mm256_slli_epi64(sums[p][2 * pair + 1], 32);
      const __m256i both = _mm256_or_si256(sums[p][2 * pair], upper);
      int32_t* to = result[p] + pair * kPairChannels;
      _mm256_store_si256(reinterpret_cast<__m256i*>(to), both);
    }
}

/** kPixels pixels from `pixel` on, of which the first `count` are stored. */
template <size_t Pairs>
inline void tile(const Adder2dRow& row, const Constants& constants, size_t pixel, size_t count) {
  // By way of memory: with the rest of the work in the same loop compilers run out of registers.
  alignas(32) int32_t sums[kPixels][Pairs * kPairChannels];
  sumWindows<Pairs>(row, pixel, sums);
  for (size_t channel = 0; channel < Pairs * kPairChannels; channel += kPairChannels) {
    const size_t left = row.channels - channel;
    const size_t valid = left < kPairChannels ? left : kPairChannels;
    const __m256 scale = _mm256_loadu_ps(row.scale + channel);
    const __m256 bias = _mm256_loadu_ps(row.bias + channel);
    const __m256 slope = _mm256_loadu_ps(row.slope + channel);
    const size_t yStep = row.yStep;
    size_t at = pixel * yStep + channel;
    const uint8_t* const residual = row.residual;
    void* const y = row.y;
    for (size_t p = 0; p < count; p++, at += yStep) {
      const __m256i sum = _mm256_load_si256(reinterpret_cast<const __m256i*>(sums[p] + channel));
      __m256 t = _mm256_add_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(sum), scale), bias);
      if (residual != nullptr) t = addResidual(t, constants, residual + at, valid);
      t = activate(t, constants, slope);
      if (constants.epilogue.toFloat) {
        alignas(32) float values[kPairChannels];
        _mm256_store_ps(values, t);
        memcpy(static_cast<float*>(y) + at, values, valid * sizeof(float));
      } else {
        const long long codes = toCodes(t, constants);
        if (valid == kPairChannels)
          memcpy(static_cast<uint8_t*>(y) + at, &codes, kPairChannels);
        else
          memcpy(static_cast<uint8_t*>(y) + at, &codes, valid);
      }
    }
  }
}

template <size_t Pairs>
void runRow(const Adder2dRow& row) {
  const Constants constants(*row.epilogue);
  size_t pixel = 0;
  for (; pixel + kPixels <= row.pixels; pixel += kPixels) tile<Pairs>(row, constants, pixel, kPixels);
  if (pixel < row.pixels) tile<Pairs>(row, constants, pixel, row.pixels - pixel);
}

void run(const Adder2dRow& row, size_t pairs) {
  assert(pairs >= 1 && pairs <= kMaxPairs);
  assert(row.channels > (pairs - 1) * kPairChannels);
  if (pairs == 2)
    runRow<2>(row);
  else
    runRow<1>(row);
}

}  // namespace

const Adder2dKernel kAdder2dU8Avx2 = {
    "avx2", "AVX2", hasAvx2, kLanes, kMaxPairs, kPixels, true, run,
};

}  // namespace clearcut

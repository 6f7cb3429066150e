// As for AVX-512, with four lanes a vector.

#include <immintrin.h>

#include <assert.h>
#include <string.h>

#include "../cpu/features.h"
#include "epilogue.h"
#include "micro-kernel.h"

// What stays in a register. Left to themselves GCC and Clang keep copies of the sums in memory, a store each
// time round, and read the weights again for every pixel.
#if defined(__GNUC__)
#define CLEARCUT_IN_REGISTER(vector) asm("" : "+x"(vector))
#else
#define CLEARCUT_IN_REGISTER(vector) (void)(vector)
#endif

namespace clearcut {
namespace {

constexpr size_t kLanes = 4;
constexpr size_t kPixels = 3;
constexpr size_t kMaxPairs = 2;
constexpr size_t kPairChannels = 2 * kLanes;
constexpr size_t kVectorBytes = kLanes * kGroup;
/** Weights in registers; with 3 × 4 sums, an input and a difference there is no room for more. */
constexpr size_t kHeld = 2;

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
      for (size_t v = 0; v < kHeld; v++) CLEARCUT_IN_REGISTER(w[v]);
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

#pragma GCC unroll 8
  for (size_t p = 0; p < kPixels; p++)
#pragma GCC unroll 8
    for (size_t v = 0; v < kVectors; v++) CLEARCUT_IN_REGISTER(sums[p][v]);

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

/** Sixteen channels of `count` pixels to codes, with no activation but perhaps ReLU: what most layers are. */
template <bool Residual, bool Relu>
inline void toCodes16(const Adder2dRow& row, const Constants& constants, size_t pixel, size_t count,
                      const int32_t (*sums)[2 * kPairChannels]) {
  const __m256 scale[] = {_mm256_loadu_ps(row.scale), _mm256_loadu_ps(row.scale + kPairChannels)};
  const __m256 bias[] = {_mm256_loadu_ps(row.bias), _mm256_loadu_ps(row.bias + kPairChannels)};
  // ReLU and the lower clamp are one: both are exact, and the larger limit wins.
  const __m256 least = Relu ? _mm256_max_ps(constants.least, _mm256_setzero_ps()) : constants.least;
  const size_t yStep = row.yStep;
  size_t at = pixel * yStep;
  for (size_t p = 0; p < count; p++, at += yStep) {
    __m256i codes[2];
#pragma GCC unroll 2
    for (size_t half = 0; half < 2; half++) {
      const size_t channel = half * kPairChannels;
      const __m256i sum = _mm256_load_si256(reinterpret_cast<const __m256i*>(sums[p] + channel));
      __m256 t = _mm256_add_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(sum), scale[half]), bias[half]);
      if (Residual) {
        const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row.residual + at + channel));
        const __m256 code = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(eight));
        t = _mm256_add_ps(t, _mm256_mul_ps(code, constants.residualScale));
      }
      t = _mm256_min_ps(_mm256_max_ps(t, least), constants.most);
      t = _mm256_round_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
      codes[half] = _mm256_add_epi32(_mm256_cvtps_epi32(t), constants.zeroPoint);
    }
    // Channels 0-3 8-11 4-7 12-15, in words.
    const __m256i words = _mm256_packus_epi32(codes[0], codes[1]);
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(static_cast<uint8_t*>(row.y) + at),
                     _mm_shuffle_epi32(bytes, _MM_SHUFFLE(3, 1, 2, 0)));
  }
}

/** As toCodes16, where the layer is one of its kind. */
inline bool toCodesAtOnce(const Adder2dRow& row, const Constants& constants, size_t pixel, size_t count,
                          const int32_t (*sums)[2 * kPairChannels]) {
  const Epilogue& epilogue = constants.epilogue;
  if (row.channels < 2 * kPairChannels || epilogue.toFloat || epilogue.power != 1) return false;
  if (epilogue.activation == Activation::prelu) return false;
  const bool relu = epilogue.activation == Activation::relu;
  if (row.residual != nullptr)
    relu ? toCodes16<true, true>(row, constants, pixel, count, sums)
         : toCodes16<true, false>(row, constants, pixel, count, sums);
  else
    relu ? toCodes16<false, true>(row, constants, pixel, count, sums)
         : toCodes16<false, false>(row, constants, pixel, count, sums);
  return true;
}

inline bool toCodesAtOnce(const Adder2dRow&, const Constants&, size_t, size_t, const int32_t (*)[kPairChannels]) {
  return false;
}

/** kPixels pixels from `pixel` on, of which the first `count` are stored. */
template <size_t Pairs>
inline void tile(const Adder2dRow& row, const Constants& constants, size_t pixel, size_t count) {
  // By way of memory: with the rest of the work in the same loop compilers run out of registers.
  alignas(32) int32_t sums[kPixels][Pairs * kPairChannels];
  sumWindows<Pairs>(row, pixel, sums);
  if (toCodesAtOnce(row, constants, pixel, count, sums)) return;
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

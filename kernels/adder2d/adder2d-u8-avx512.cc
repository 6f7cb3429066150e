// Sums with vpsadbw: a 64-bit lane takes eight input bytes, the same in all lanes, and the eight weights of
// its own output channel, so no sum across lanes is ever needed.

#include <immintrin.h>

#include <assert.h>
#include <string.h>

#include "../cpu/features.h"
#include "epilogue.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr size_t kLanes = 8;
constexpr size_t kPixels = 8;
constexpr size_t kVectors = 2;
constexpr size_t kPairChannels = 2 * kLanes;
constexpr size_t kVectorBytes = kLanes * kGroup;

/** The epilogue's constants, in registers or at hand: what is stored to y can't be one of them. */
struct Constants {
  __m512 residualScale;
  __m512 least;
  __m512 most;
  __m512i zeroPoint;
  Epilogue epilogue;

  explicit Constants(const Epilogue& from)
      : residualScale(_mm512_set1_ps(from.residualScale)),
        least(_mm512_set1_ps(static_cast<float>(-from.yZeroPoint))),
        most(_mm512_set1_ps(static_cast<float>(255 - from.yZeroPoint))),
        zeroPoint(_mm512_set1_epi32(from.yZeroPoint)),
        epilogue(from) {}
};

inline __m512 addResidual(__m512 t, const Constants& constants, const uint8_t* residual, __mmask16 valid) {
  const __m128i codes = valid == 0xffff ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(residual))
                                        : _mm_maskz_loadu_epi8(valid, residual);
  return _mm512_add_ps(t, _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(codes)), constants.residualScale));
}

inline __m512 activate(__m512 t, const Constants& constants, __m512 slope) {
  const Epilogue& epilogue = constants.epilogue;
  if (epilogue.activation == Activation::relu) {
    t = _mm512_max_ps(t, _mm512_setzero_ps());
  } else if (epilogue.activation == Activation::prelu) {
    const __mmask16 below = _mm512_cmp_ps_mask(t, _mm512_setzero_ps(), _CMP_LT_OQ);
    t = _mm512_mask_mul_ps(t, below, t, slope);
  }
  if (epilogue.power != 1) {
    alignas(64) float values[kPairChannels];
    _mm512_store_ps(values, t);
    for (float& value : values) value = applyPower(value, epilogue);
    t = _mm512_load_ps(values);
  }
  return t;
}

/** Clamping before rounding gives the same codes, as the limits are whole numbers. */
inline __m128i toCodes(__m512 t, const Constants& constants) {
  t = _mm512_min_ps(_mm512_max_ps(t, constants.least), constants.most);
  const __m512i rounded = _mm512_cvt_roundps_epi32(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return _mm512_cvtepi32_epi8(_mm512_add_epi32(rounded, constants.zeroPoint));
}

/** Sums of kPixels pixels from `pixel` on: 32 bits each, channels in their order. */
inline void sumWindows(const Adder2dRow& row, size_t pixel, int32_t (*result)[kPairChannels]) {
  __m512i sums[kPixels][kVectors];
#pragma GCC unroll 8
  for (size_t p = 0; p < kPixels; p++)
#pragma GCC unroll 8
    for (size_t v = 0; v < kVectors; v++) sums[p][v] = _mm512_setzero_si512();

  const uint8_t* weights = row.weights;
  const size_t step = row.pixelStep;
  for (size_t tap = 0; tap < row.kernelHeight; tap++) {
    const uint8_t* x = row.rows[tap] + pixel * step;
    for (size_t group = 0; group < row.groups; group++, x += kGroup, weights += kVectors * kVectorBytes) {
      __m512i w[kVectors];
#pragma GCC unroll 8
      for (size_t v = 0; v < kVectors; v++) w[v] = _mm512_load_si512(weights + v * kVectorBytes);
#pragma GCC unroll 8
      for (size_t p = 0; p < kPixels; p++) {
        long long eight;
        memcpy(&eight, x + p * step, sizeof eight);
        const __m512i input = _mm512_set1_epi64(eight);
#pragma GCC unroll 8
        for (size_t v = 0; v < kVectors; v++)
          sums[p][v] = _mm512_add_epi64(sums[p][v], _mm512_sad_epu8(input, w[v]));
      }
    }
  }

  // Sums are below 2^32: the second vector fits into the upper halves of the first one's lanes.
#pragma GCC unroll 8
  for (size_t p = 0; p < kPixels; p++)
    _mm512_store_si512(result[p], _mm512_or_si512(sums[p][0], _mm512_slli_epi64(sums[p][1], 32)));
}

/** kPixels pixels from `pixel` on, of which the first `count` are stored. */
inline void tile(const Adder2dRow& row, const Constants& constants, size_t pixel, size_t count) {
  // By way of memory: with the rest of the work in the same loop compilers run out of registers.
  alignas(64) int32_t sums[kPixels][kPairChannels];
  sumWindows(row, pixel, sums);
  const __mmask16 valid = row.channels >= kPairChannels ? 0xffff : static_cast<__mmask16>((1u << row.channels) - 1);
  const __m512 scale = _mm512_loadu_ps(row.scale);
  const __m512 bias = _mm512_loadu_ps(row.bias);
  const __m512 slope = _mm512_loadu_ps(row.slope);
  const size_t yStep = row.yStep;
  size_t at = pixel * yStep;
  const uint8_t* const residual = row.residual;
  void* const y = row.y;
  for (size_t p = 0; p < count; p++, at += yStep) {
    __m512 t = _mm512_add_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_load_si512(sums[p])), scale), bias);
    if (residual != nullptr) t = addResidual(t, constants, residual + at, valid);
    t = activate(t, constants, slope);
    if (constants.epilogue.toFloat) {
      _mm512_mask_storeu_ps(static_cast<float*>(y) + at, valid, t);
    } else {
      const __m128i codes = toCodes(t, constants);
      if (valid == 0xffff)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(static_cast<uint8_t*>(y) + at), codes);
      else
        _mm_mask_storeu_epi8(static_cast<uint8_t*>(y) + at, valid, codes);
    }
  }
}

void run(const Adder2dRow& row, size_t pairs) {
  assert(pairs == 1);
  (void)pairs;
  const Constants constants(*row.epilogue);
  size_t pixel = 0;
  for (; pixel + kPixels <= row.pixels; pixel += kPixels) tile(row, constants, pixel, kPixels);
  if (pixel < row.pixels) tile(row, constants, pixel, row.pixels - pixel);
}

}  // namespace

const Adder2dKernel kAdder2dU8Avx512 = {
    "avx512", "AVX-512", hasAvx512, kLanes, 1, kPixels, true, run,
};

}  // namespace clearcut

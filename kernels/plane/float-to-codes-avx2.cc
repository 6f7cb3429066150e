#include <immintrin.h>

#include <string.h>

#include "../cpu/features.h"
#include "float-to-codes.h"

namespace clearcut {
namespace {

constexpr size_t kAtOnce = 16;

struct Converter {
  __m256 scale, offset, least, most;
  __m256i odd = _mm256_setzero_si256();

  explicit Converter(const FloatToCodes& how)
      : scale(_mm256_set1_ps(how.scale)),
        offset(_mm256_set1_ps(how.offset)),
        least(_mm256_set1_ps(how.least)),
        most(_mm256_set1_ps(how.most)) {}

  __m256i eight(const float* source) {
    const __m256 value = _mm256_loadu_ps(source);
    const __m256i exponent = _mm256_set1_epi32(0x7f800000);
    const __m256i found = _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_castps_si256(value), exponent), exponent);
    odd = _mm256_sub_epi32(odd, found);
    // Of a NaN and a limit, max gives the limit.
    __m256 t = _mm256_max_ps(_mm256_add_ps(_mm256_mul_ps(value, scale), offset), least);
    t = _mm256_round_ps(_mm256_min_ps(t, most), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return _mm256_cvtps_epi32(t);
  }

  __m256i sixteen(const float* source) {
    const __m256i words = _mm256_packus_epi32(eight(source), eight(source + 8));
    return _mm256_permute4x64_epi64(words, 0xd8);
  }

  void store(const float* source, uint16_t* target) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(target), sixteen(source));
  }

  void store(const float* source, uint8_t* target) {
    const __m256i words = sixteen(source);
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(target), bytes);
  }

  size_t oddOnes() const {
    uint32_t lanes[8];
    memcpy(lanes, &odd, sizeof lanes);
    size_t total = 0;
    for (const uint32_t lane : lanes) total += lane;
    return total;
  }
};

template <typename T>
size_t convert(const float* source, T* target, size_t count, const FloatToCodes& how) {
  Converter converter(how);
  size_t at = 0;
  for (; at + kAtOnce <= count; at += kAtOnce) converter.store(source + at, target + at);
  if (at < count) {
    float rest[kAtOnce] = {};
    T codes[kAtOnce];
    memcpy(rest, source + at, (count - at) * sizeof(float));
    converter.store(rest, codes);
    memcpy(target + at, codes, (count - at) * sizeof(T));
  }
  return converter.oddOnes();
}

}  // namespace

const FloatToCodesKernel kFloatToCodesAvx2 = {hasAvx2, convert<uint8_t>, convert<uint16_t>};

}  // namespace clearcut

#pragma once

// Products of 16-bit whole numbers, added up in 32 bits, with the vectors of the instruction set that the
// including file is compiled for. Every file has its own copy: what is shared between files that are compiled
// for different processors could end up in all of them.

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(CLEARCUT_PORTABLE)
#elif defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__) || defined(_M_ARM64)
#include <arm_neon.h>
#endif

namespace clearcut {
namespace {

/** What turns sums into codes: clamped before rounding, which is the same, as the limits are whole numbers. */
struct ToCodes {
  float least;
  float most;
  int zeroPoint;
};

#if !defined(CLEARCUT_PORTABLE) && defined(__AVX512BW__)

constexpr size_t kSumLanes = 16;
using Sums = __m512i;
using Words = __m512i;

inline Sums noSums() { return _mm512_setzero_si512(); }

inline Sums addProducts(Sums sums, Words x, Words w) { return _mm512_add_epi32(sums, _mm512_madd_epi16(x, w)); }

inline Words loadWords(const int16_t* from) { return _mm512_loadu_si512(from); }

inline Words broadcastPair(const int16_t* from) {
  int32_t pair;
  memcpy(&pair, from, sizeof pair);
  return _mm512_set1_epi32(pair);
}

inline Words widenCodes(const uint8_t* from) {
  return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

inline __m256i halves(Sums sums) {
  return _mm256_add_epi32(_mm512_castsi512_si256(sums), _mm512_extracti64x4_epi64(sums, 1));
}

inline void addAcross(const Sums (&sums)[4], int32_t* to) {
  const __m256i pairs01 = _mm256_hadd_epi32(halves(sums[0]), halves(sums[1]));
  const __m256i pairs23 = _mm256_hadd_epi32(halves(sums[2]), halves(sums[3]));
  const __m256i four = _mm256_hadd_epi32(pairs01, pairs23);
  const __m128i total = _mm_add_epi32(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), total);
}

inline void storeCodes(Sums sums, const float* scale, const float* bias, const ToCodes& limits, uint8_t* to) {
  __m512 t = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), _mm512_loadu_ps(scale));
  t = _mm512_add_ps(t, _mm512_loadu_ps(bias));
  t = _mm512_min_ps(_mm512_max_ps(t, _mm512_set1_ps(limits.least)), _mm512_set1_ps(limits.most));
  const __m512i whole = _mm512_cvt_roundps_epi32(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512i codes = _mm512_add_epi32(whole, _mm512_set1_epi32(limits.zeroPoint));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8(codes));
}

#elif !defined(CLEARCUT_PORTABLE) && defined(__AVX2__)

constexpr size_t kSumLanes = 8;
using Sums = __m256i;
using Words = __m256i;

inline Sums noSums() { return _mm256_setzero_si256(); }

inline Sums addProducts(Sums sums, Words x, Words w) {
  sums = _mm256_add_epi32(sums, _mm256_madd_epi16(x, w));
#if defined(__GNUC__)
  // Compilers would add up products first, and run out of registers.
  asm("" : "+x"(sums));
#endif
  return sums;
}

inline Words loadWords(const int16_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }

inline Words broadcastPair(const int16_t* from) {
  int32_t pair;
  memcpy(&pair, from, sizeof pair);
  return _mm256_set1_epi32(pair);
}

inline Words widenCodes(const uint8_t* from) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

inline void addAcross(const Sums (&sums)[4], int32_t* to) {
  const __m256i pairs01 = _mm256_hadd_epi32(sums[0], sums[1]);
  const __m256i pairs23 = _mm256_hadd_epi32(sums[2], sums[3]);
  const __m256i four = _mm256_hadd_epi32(pairs01, pairs23);
  const __m128i total = _mm_add_epi32(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), total);
}

inline __m256i toCodes(Sums sums, const float* scale, const float* bias, const ToCodes& limits) {
  __m256 t = _mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_loadu_ps(scale));
  t = _mm256_add_ps(t, _mm256_loadu_ps(bias));
  t = _mm256_min_ps(_mm256_max_ps(t, _mm256_set1_ps(limits.least)), _mm256_set1_ps(limits.most));
  // Rounds half to even unless somebody changed the thread's rounding, so it is named here.
  const __m256i whole = _mm256_cvtps_epi32(_mm256_round_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  return _mm256_add_epi32(whole, _mm256_set1_epi32(limits.zeroPoint));
}

inline void storeCodes(Sums sums, const float* scale, const float* bias, const ToCodes& limits, uint8_t* to) {
  const __m256i codes = toCodes(sums, scale, bias, limits);
  const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(codes), _mm256_extracti128_si256(codes, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(words, words));
}

#define CLEARCUT_STORES_FOUR

/** Four vectors at once: packing works within halves, so groups of four codes are put in order at the end. */
inline void storeFourCodes(const Sums (&sums)[4], const float* scale, const float* bias, const ToCodes& limits,
                           uint8_t* to) {
  const __m256i first = _mm256_packus_epi32(toCodes(sums[0], scale, bias, limits),
                                            toCodes(sums[1], scale + kSumLanes, bias + kSumLanes, limits));
  const __m256i second = _mm256_packus_epi32(toCodes(sums[2], scale + 2 * kSumLanes, bias + 2 * kSumLanes, limits),
                                             toCodes(sums[3], scale + 3 * kSumLanes, bias + 3 * kSumLanes, limits));
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  const __m256i codes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(first, second), order);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), codes);
}

#elif !defined(CLEARCUT_PORTABLE) && (defined(__aarch64__) || defined(_M_ARM64))

constexpr size_t kSumLanes = 4;
using Sums = int32x4_t;
using Words = int16x8_t;

inline Sums noSums() { return vdupq_n_s32(0); }

inline Sums addProducts(Sums sums, Words x, Words w) {
  const int32x4_t low = vmull_s16(vget_low_s16(x), vget_low_s16(w));
  return vaddq_s32(sums, vpaddq_s32(low, vmull_high_s16(x, w)));
}

inline Words loadWords(const int16_t* from) { return vld1q_s16(from); }

inline Words broadcastPair(const int16_t* from) {
  int32_t pair;
  memcpy(&pair, from, sizeof pair);
  return vreinterpretq_s16_s32(vdupq_n_s32(pair));
}

inline Words widenCodes(const uint8_t* from) { return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(from))); }

inline void addAcross(const Sums (&sums)[4], int32_t* to) {
  vst1q_s32(to, vpaddq_s32(vpaddq_s32(sums[0], sums[1]), vpaddq_s32(sums[2], sums[3])));
}

inline void storeCodes(Sums sums, const float* scale, const float* bias, const ToCodes& limits, uint8_t* to) {
  float32x4_t t = vmulq_f32(vcvtq_f32_s32(sums), vld1q_f32(scale));
  t = vaddq_f32(t, vld1q_f32(bias));
  t = vminq_f32(vmaxq_f32(t, vdupq_n_f32(limits.least)), vdupq_n_f32(limits.most));
  const int32x4_t codes = vaddq_s32(vcvtnq_s32_f32(t), vdupq_n_s32(limits.zeroPoint));
  const uint16x4_t words = vqmovun_s32(codes);
  const uint8x8_t bytes = vqmovn_u16(vcombine_u16(words, words));
  const uint32_t four = vget_lane_u32(vreinterpret_u32_u8(bytes), 0);
  memcpy(to, &four, sizeof four);
}

#else

constexpr size_t kSumLanes = 8;

struct Sums {
  int32_t lane[kSumLanes];
};

struct Words {
  int16_t lane[2 * kSumLanes];
};

inline Sums noSums() { return {}; }

inline Sums addProducts(Sums sums, const Words& x, const Words& w) {
  for (size_t i = 0; i < kSumLanes; i++)
    sums.lane[i] += x.lane[2 * i] * w.lane[2 * i] + x.lane[2 * i + 1] * w.lane[2 * i + 1];
  return sums;
}

inline Words loadWords(const int16_t* from) {
  Words words;
  memcpy(words.lane, from, sizeof words.lane);
  return words;
}

inline Words broadcastPair(const int16_t* from) {
  Words words;
  for (size_t i = 0; i < 2 * kSumLanes; i++) words.lane[i] = from[i % 2];
  return words;
}

inline Words widenCodes(const uint8_t* from) {
  Words words;
  for (size_t i = 0; i < 2 * kSumLanes; i++) words.lane[i] = from[i];
  return words;
}

inline void addAcross(const Sums (&sums)[4], int32_t* to) {
  for (size_t i = 0; i < 4; i++) {
    int32_t total = 0;
    for (const int32_t lane : sums[i].lane) total += lane;
    to[i] = total;
  }
}

inline void storeCodes(const Sums& sums, const float* scale, const float* bias, const ToCodes& limits, uint8_t* to) {
  for (size_t i = 0; i < kSumLanes; i++) {
    float t = static_cast<float>(sums.lane[i]) * scale[i];
    t = t + bias[i];
    t = t > limits.least ? t : limits.least;
    t = t < limits.most ? t : limits.most;
    to[i] = static_cast<uint8_t>(static_cast<int>(nearbyintf(t)) + limits.zeroPoint);
  }
}

#endif

#if !defined(CLEARCUT_STORES_FOUR)

inline void storeFourCodes(const Sums (&sums)[4], const float* scale, const float* bias, const ToCodes& limits,
                           uint8_t* to) {
  for (size_t v = 0; v < 4; v++)
    storeCodes(sums[v], scale + v * kSumLanes, bias + v * kSumLanes, limits, to + v * kSumLanes);
}

#endif

}  // namespace
}  // namespace clearcut

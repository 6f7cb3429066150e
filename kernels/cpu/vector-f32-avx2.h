#pragma once

// The vectors of vector-f32.h for AVX2. What each function does stands in vector-f32-avx512.h.

#include "vector-f32-eight-avx.h"

namespace clearcut {
namespace {

constexpr size_t kFloatLanes = 8;
using Floats = Eight;

struct Wholes {
  __m256i v;
};

inline Floats loadFloats(const float* from) { return loadEight(from); }
inline Floats floatsOf(float x) { return eightOf(x); }
inline Floats smaller(Floats a, Floats b) { return {_mm256_min_ps(a.v, b.v)}; }
inline Floats root(Floats a) { return {_mm256_sqrt_ps(a.v)}; }
inline Floats floorOf(Floats a) { return {_mm256_floor_ps(a.v)}; }

inline Wholes wholesOf(int32_t x) { return {_mm256_set1_epi32(x)}; }
inline Wholes toWholes(Floats a) { return {_mm256_cvttps_epi32(a.v)}; }
inline Wholes operator+(Wholes a, Wholes b) { return {_mm256_add_epi32(a.v, b.v)}; }
inline Wholes operator*(Wholes a, Wholes b) { return {_mm256_mullo_epi32(a.v, b.v)}; }
inline Floats powerOfTwo(Wholes n) {
  return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n.v, _mm256_set1_epi32(127)), 23))};
}

inline Floats countUp() { return {_mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7)}; }

inline __m256 inOrder(__m256 x) {
  return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(x), _MM_SHUFFLE(3, 1, 2, 0)));
}

inline void takeTurns(Floats a, Floats b, Floats& even, Floats& odd) {
  even.v = inOrder(_mm256_shuffle_ps(a.v, b.v, _MM_SHUFFLE(2, 0, 2, 0)));
  odd.v = inOrder(_mm256_shuffle_ps(a.v, b.v, _MM_SHUFFLE(3, 1, 3, 1)));
}

inline void gatherPairs(const float* from, Wholes at, Floats& samples, Floats& following) {
  const auto* const pairs = reinterpret_cast<const double*>(from);
  const __m256d low = _mm256_i32gather_pd(pairs, _mm256_castsi256_si128(at.v), 4);
  const __m256d high = _mm256_i32gather_pd(pairs, _mm256_extracti128_si256(at.v, 1), 4);
  takeTurns({_mm256_castpd_ps(low)}, {_mm256_castpd_ps(high)}, samples, following);
}

inline void gatherQuads(const float* from, Wholes at, Floats (&quads)[4]) {
  int32_t places[kFloatLanes];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(places), at.v);
  __m256 rows[4];
  for (size_t i = 0; i < 4; i++)
    rows[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from + places[i])),
                                   _mm_loadu_ps(from + places[i + 4]), 1);
  for (size_t i = 0; i < 2; i++) {
    const __m256 first = i == 0 ? _mm256_unpacklo_ps(rows[0], rows[1]) : _mm256_unpackhi_ps(rows[0], rows[1]);
    const __m256 second = i == 0 ? _mm256_unpacklo_ps(rows[2], rows[3]) : _mm256_unpackhi_ps(rows[2], rows[3]);
    quads[2 * i].v = _mm256_shuffle_ps(first, second, _MM_SHUFFLE(1, 0, 1, 0));
    quads[2 * i + 1].v = _mm256_shuffle_ps(first, second, _MM_SHUFFLE(3, 2, 3, 2));
  }
}

inline void interleave(Floats even, Floats odd, Floats& a, Floats& b) {
  const __m256 low = _mm256_unpacklo_ps(even.v, odd.v);
  const __m256 high = _mm256_unpackhi_ps(even.v, odd.v);
  a.v = _mm256_permute2f128_ps(low, high, 0x20);
  b.v = _mm256_permute2f128_ps(low, high, 0x31);
}

}  // namespace
}  // namespace clearcut

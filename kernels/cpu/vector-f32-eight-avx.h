#pragma once

// Eight samples in a register, for AVX2 and AVX-512; included by vector-f32-avx2.h and vector-f32-avx512.h.

#include <immintrin.h>

namespace clearcut {
namespace {

struct Eight {
  __m256 v;
};

inline Eight loadEight(const float* from) { return {_mm256_loadu_ps(from)}; }
inline void store(float* to, Eight x) { _mm256_storeu_ps(to, x.v); }
inline Eight eightOf(float x) { return {_mm256_set1_ps(x)}; }
inline Eight operator+(Eight a, Eight b) { return {_mm256_add_ps(a.v, b.v)}; }
inline Eight operator-(Eight a, Eight b) { return {_mm256_sub_ps(a.v, b.v)}; }
inline Eight operator*(Eight a, Eight b) { return {_mm256_mul_ps(a.v, b.v)}; }
inline Eight operator/(Eight a, Eight b) { return {_mm256_div_ps(a.v, b.v)}; }
/** b where either is no number, as all of these. */
inline Eight larger(Eight a, Eight b) { return {_mm256_max_ps(a.v, b.v)}; }
inline Eight absolute(Eight a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.v)}; }

/** The sums of four vectors, each added up in pairs of neighbours: ((0+1)+(2+3))+((4+5)+(6+7)). */
inline void addAcross(Eight a, Eight b, Eight c, Eight d, float* to) {
  const __m256 four = _mm256_hadd_ps(_mm256_hadd_ps(a.v, b.v), _mm256_hadd_ps(c.v, d.v));
  _mm_storeu_ps(to, _mm_add_ps(_mm256_castps256_ps128(four), _mm256_extractf128_ps(four, 1)));
}

/** a in the first four lanes, b in the last four. */
inline Eight inFours(float a, float b) { return {_mm256_set_m128(_mm_set1_ps(b), _mm_set1_ps(a))}; }

/** Four sums: each of the first lanes and its counterpart in the last four. */
inline void storeFolded(float* to, Eight a) {
  _mm_storeu_ps(to, _mm_add_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1)));
}

}  // namespace
}  // namespace clearcut

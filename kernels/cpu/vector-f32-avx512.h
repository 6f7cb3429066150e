#pragma once

// The vectors of vector-f32.h for AVX-512.

#include "vector-f32-eight-avx.h"

namespace clearcut {
namespace {

constexpr size_t kFloatLanes = 16;

struct Floats {
  __m512 v;
};

/** 32-bit whole numbers, one a lane. */
struct Wholes {
  __m512i v;
};

inline Floats loadFloats(const float* from) { return {_mm512_loadu_ps(from)}; }
inline void store(float* to, Floats x) { _mm512_storeu_ps(to, x.v); }
inline Floats floatsOf(float x) { return {_mm512_set1_ps(x)}; }
inline Floats operator+(Floats a, Floats b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Floats operator-(Floats a, Floats b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Floats operator*(Floats a, Floats b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Floats operator/(Floats a, Floats b) { return {_mm512_div_ps(a.v, b.v)}; }
inline Floats larger(Floats a, Floats b) { return {_mm512_max_ps(a.v, b.v)}; }
inline Floats smaller(Floats a, Floats b) { return {_mm512_min_ps(a.v, b.v)}; }
inline Floats absolute(Floats a) { return {_mm512_andnot_ps(_mm512_set1_ps(-0.0f), a.v)}; }
inline Floats root(Floats a) { return {_mm512_sqrt_ps(a.v)}; }
inline Floats floorOf(Floats a) { return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)}; }

inline Wholes wholesOf(int32_t x) { return {_mm512_set1_epi32(x)}; }
/** Of values that are whole. */
inline Wholes toWholes(Floats a) { return {_mm512_cvttps_epi32(a.v)}; }
inline Wholes operator+(Wholes a, Wholes b) { return {_mm512_add_epi32(a.v, b.v)}; }
inline Wholes operator*(Wholes a, Wholes b) { return {_mm512_mullo_epi32(a.v, b.v)}; }
/** 2 to the power of n, −126 to 127. */
inline Floats powerOfTwo(Wholes n) {
  return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(n.v, _mm512_set1_epi32(127)), 23))};
}

/** 0, 1, 2, … */
inline Floats countUp() {
  return {_mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)};
}

/** Two vectors' samples of even and of odd places. */
inline void takeTurns(Floats a, Floats b, Floats& even, Floats& odd) {
  const __m512i evens = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  even.v = _mm512_permutex2var_ps(a.v, evens, b.v);
  odd.v = _mm512_permutex2var_ps(a.v, _mm512_add_epi32(evens, _mm512_set1_epi32(1)), b.v);
}

/** Samples at places and the ones after them. */
inline void gatherPairs(const float* from, Wholes at, Floats& samples, Floats& following) {
  const __m512d low = _mm512_i32gather_pd(_mm512_castsi512_si256(at.v), from, 4);
  const __m512d high = _mm512_i32gather_pd(_mm512_extracti64x4_epi64(at.v, 1), from, 4);
  takeTurns({_mm512_castpd_ps(low)}, {_mm512_castpd_ps(high)}, samples, following);
}

/** Four samples each from places on: the first of all, the second of all and so on. */
inline void gatherQuads(const float* from, Wholes at, Floats (&quads)[4]) {
  int32_t places[kFloatLanes];
  _mm512_storeu_si512(places, at.v);
  __m512 rows[4];
  for (size_t i = 0; i < 4; i++) {
    const auto quad = [&](size_t lane) { return _mm_loadu_ps(from + places[lane + i]); };
    const __m256 low = _mm256_insertf128_ps(_mm256_castps128_ps256(quad(0)), quad(4), 1);
    const __m256 high = _mm256_insertf128_ps(_mm256_castps128_ps256(quad(8)), quad(12), 1);
    rows[i] = _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
  }
  for (size_t i = 0; i < 2; i++) {
    const __m512 first = i == 0 ? _mm512_unpacklo_ps(rows[0], rows[1]) : _mm512_unpackhi_ps(rows[0], rows[1]);
    const __m512 second = i == 0 ? _mm512_unpacklo_ps(rows[2], rows[3]) : _mm512_unpackhi_ps(rows[2], rows[3]);
    quads[2 * i].v = _mm512_shuffle_ps(first, second, _MM_SHUFFLE(1, 0, 1, 0));
    quads[2 * i + 1].v = _mm512_shuffle_ps(first, second, _MM_SHUFFLE(3, 2, 3, 2));
  }
}

/** The way back. */
inline void interleave(Floats even, Floats odd, Floats& a, Floats& b) {
  const __m512i first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  a.v = _mm512_permutex2var_ps(even.v, first, odd.v);
  b.v = _mm512_permutex2var_ps(even.v, _mm512_add_epi32(first, _mm512_set1_epi32(8)), odd.v);
}

}  // namespace
}  // namespace clearcut

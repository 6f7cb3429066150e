#pragma once

// Single-precision vectors of the instruction set that the including file is compiled for; see cpu/vector-i16.h on
// why every file has its own copy. `Floats` are as many as a register holds and serve rows of samples, `Eight`
// are the eight samples of a patch's row. Every operation is rounded on its own, as IEEE 754 says, so that all
// instruction sets give the same bits.

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

#if !defined(CLEARCUT_PORTABLE) && (defined(__AVX512BW__) || defined(__AVX2__))

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

#endif

#if !defined(CLEARCUT_PORTABLE) && defined(__AVX512BW__)

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

#elif !defined(CLEARCUT_PORTABLE) && defined(__AVX2__)

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

#elif !defined(CLEARCUT_PORTABLE) && (defined(__aarch64__) || defined(_M_ARM64))

constexpr size_t kFloatLanes = 8;

struct Eight {
  float32x4_t low, high;
};
using Floats = Eight;

struct Wholes {
  int32x4_t low, high;
};

inline Eight loadEight(const float* from) { return {vld1q_f32(from), vld1q_f32(from + 4)}; }
inline void store(float* to, Eight x) {
  vst1q_f32(to, x.low);
  vst1q_f32(to + 4, x.high);
}
inline Eight eightOf(float x) { return {vdupq_n_f32(x), vdupq_n_f32(x)}; }
inline Eight operator+(Eight a, Eight b) { return {vaddq_f32(a.low, b.low), vaddq_f32(a.high, b.high)}; }
inline Eight operator-(Eight a, Eight b) { return {vsubq_f32(a.low, b.low), vsubq_f32(a.high, b.high)}; }
inline Eight operator*(Eight a, Eight b) { return {vmulq_f32(a.low, b.low), vmulq_f32(a.high, b.high)}; }
inline Eight operator/(Eight a, Eight b) { return {vdivq_f32(a.low, b.low), vdivq_f32(a.high, b.high)}; }
inline float32x4_t largerOf(float32x4_t a, float32x4_t b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
inline float32x4_t smallerOf(float32x4_t a, float32x4_t b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
inline Eight larger(Eight a, Eight b) { return {largerOf(a.low, b.low), largerOf(a.high, b.high)}; }
inline Eight smaller(Eight a, Eight b) { return {smallerOf(a.low, b.low), smallerOf(a.high, b.high)}; }
inline Eight absolute(Eight a) { return {vabsq_f32(a.low), vabsq_f32(a.high)}; }
inline Eight root(Eight a) { return {vsqrtq_f32(a.low), vsqrtq_f32(a.high)}; }
inline Eight floorOf(Eight a) { return {vrndmq_f32(a.low), vrndmq_f32(a.high)}; }

inline void addAcross(Eight a, Eight b, Eight c, Eight d, float* to) {
  const float32x4_t low = vpaddq_f32(vpaddq_f32(a.low, b.low), vpaddq_f32(c.low, d.low));
  const float32x4_t high = vpaddq_f32(vpaddq_f32(a.high, b.high), vpaddq_f32(c.high, d.high));
  vst1q_f32(to, vaddq_f32(low, high));
}

inline Eight inFours(float a, float b) { return {vdupq_n_f32(a), vdupq_n_f32(b)}; }
inline void storeFolded(float* to, Eight a) { vst1q_f32(to, vaddq_f32(a.low, a.high)); }

inline Floats loadFloats(const float* from) { return loadEight(from); }
inline Floats floatsOf(float x) { return eightOf(x); }
inline Wholes wholesOf(int32_t x) { return {vdupq_n_s32(x), vdupq_n_s32(x)}; }
inline Wholes toWholes(Floats a) { return {vcvtq_s32_f32(a.low), vcvtq_s32_f32(a.high)}; }
inline Wholes operator+(Wholes a, Wholes b) { return {vaddq_s32(a.low, b.low), vaddq_s32(a.high, b.high)}; }
inline Wholes operator*(Wholes a, Wholes b) { return {vmulq_s32(a.low, b.low), vmulq_s32(a.high, b.high)}; }
inline float32x4_t powerOfTwoOf(int32x4_t n) {
  return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n, vdupq_n_s32(127)), 23));
}
inline Floats powerOfTwo(Wholes n) { return {powerOfTwoOf(n.low), powerOfTwoOf(n.high)}; }

inline void gatherPairs(const float* from, Wholes at, Floats& samples, Floats& following) {
  int32_t places[kFloatLanes];
  float pairs[2][kFloatLanes];
  vst1q_s32(places, at.low);
  vst1q_s32(places + 4, at.high);
  for (size_t i = 0; i < kFloatLanes; i++) {
    pairs[0][i] = from[places[i]];
    pairs[1][i] = from[places[i] + 1];
  }
  samples = loadEight(pairs[0]);
  following = loadEight(pairs[1]);
}

inline void gatherQuads(const float* from, Wholes at, Floats (&quads)[4]) {
  int32_t places[kFloatLanes];
  float rows[kFloatLanes][4];
  vst1q_s32(places, at.low);
  vst1q_s32(places + 4, at.high);
  for (size_t i = 0; i < kFloatLanes; i++) vst1q_f32(rows[i], vld1q_f32(from + places[i]));
  const float32x4x4_t low = vld4q_f32(rows[0]);
  const float32x4x4_t high = vld4q_f32(rows[4]);
  for (size_t i = 0; i < 4; i++) quads[i] = {low.val[i], high.val[i]};
}

inline Floats countUp() {
  const float values[kFloatLanes] = {0, 1, 2, 3, 4, 5, 6, 7};
  return loadEight(values);
}

inline void takeTurns(Floats a, Floats b, Floats& even, Floats& odd) {
  even = {vuzp1q_f32(a.low, a.high), vuzp1q_f32(b.low, b.high)};
  odd = {vuzp2q_f32(a.low, a.high), vuzp2q_f32(b.low, b.high)};
}

inline void interleave(Floats even, Floats odd, Floats& a, Floats& b) {
  a = {vzip1q_f32(even.low, odd.low), vzip2q_f32(even.low, odd.low)};
  b = {vzip1q_f32(even.high, odd.high), vzip2q_f32(even.high, odd.high)};
}

#else

constexpr size_t kFloatLanes = 8;

struct Eight {
  float lane[kFloatLanes];
};
using Floats = Eight;

struct Wholes {
  int32_t lane[kFloatLanes];
};

template <typename Of, typename Function>
inline Of eachLane(Function of) {
  Of result;
  for (size_t i = 0; i < kFloatLanes; i++) result.lane[i] = of(i);
  return result;
}

inline Eight loadEight(const float* from) {
  Eight x;
  memcpy(x.lane, from, sizeof x.lane);
  return x;
}
inline void store(float* to, const Eight& x) { memcpy(to, x.lane, sizeof x.lane); }
inline Eight eightOf(float x) {
  return eachLane<Eight>([&](size_t) { return x; });
}
inline Eight operator+(const Eight& a, const Eight& b) {
  return eachLane<Eight>([&](size_t i) { return a.lane[i] + b.lane[i]; });
}
inline Eight operator-(const Eight& a, const Eight& b) {
  return eachLane<Eight>([&](size_t i) { return a.lane[i] - b.lane[i]; });
}
inline Eight operator*(const Eight& a, const Eight& b) {
  return eachLane<Eight>([&](size_t i) { return a.lane[i] * b.lane[i]; });
}
inline Eight operator/(const Eight& a, const Eight& b) {
  return eachLane<Eight>([&](size_t i) { return a.lane[i] / b.lane[i]; });
}
inline Eight larger(const Eight& a, const Eight& b) {
  return eachLane<Eight>([&](size_t i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline Eight smaller(const Eight& a, const Eight& b) {
  return eachLane<Eight>([&](size_t i) { return a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline Eight absolute(const Eight& a) {
  return eachLane<Eight>([&](size_t i) { return fabsf(a.lane[i]); });
}
inline Eight root(const Eight& a) {
  return eachLane<Eight>([&](size_t i) { return sqrtf(a.lane[i]); });
}
inline Eight floorOf(const Eight& a) {
  return eachLane<Eight>([&](size_t i) { return floorf(a.lane[i]); });
}

inline float addUp(const Eight& a) {
  return ((a.lane[0] + a.lane[1]) + (a.lane[2] + a.lane[3])) + ((a.lane[4] + a.lane[5]) + (a.lane[6] + a.lane[7]));
}

inline void addAcross(const Eight& a, const Eight& b, const Eight& c, const Eight& d, float* to) {
  to[0] = addUp(a);
  to[1] = addUp(b);
  to[2] = addUp(c);
  to[3] = addUp(d);
}

inline Eight inFours(float a, float b) {
  return eachLane<Eight>([&](size_t i) { return i < 4 ? a : b; });
}
inline void storeFolded(float* to, const Eight& a) {
  for (size_t i = 0; i < 4; i++) to[i] = a.lane[i] + a.lane[i + 4];
}

inline Floats loadFloats(const float* from) { return loadEight(from); }
inline Floats floatsOf(float x) { return eightOf(x); }
inline Wholes wholesOf(int32_t x) {
  return eachLane<Wholes>([&](size_t) { return x; });
}
inline Wholes toWholes(const Floats& a) {
  return eachLane<Wholes>([&](size_t i) { return static_cast<int32_t>(a.lane[i]); });
}
inline Wholes operator+(const Wholes& a, const Wholes& b) {
  return eachLane<Wholes>([&](size_t i) { return a.lane[i] + b.lane[i]; });
}
inline Wholes operator*(const Wholes& a, const Wholes& b) {
  return eachLane<Wholes>([&](size_t i) { return a.lane[i] * b.lane[i]; });
}
inline Floats powerOfTwo(const Wholes& n) {
  Wholes bits = eachLane<Wholes>([&](size_t i) { return (n.lane[i] + 127) << 23; });
  return loadEight(reinterpret_cast<const float*>(bits.lane));
}
inline void gatherPairs(const float* from, const Wholes& at, Floats& samples, Floats& following) {
  samples = eachLane<Floats>([&](size_t i) { return from[at.lane[i]]; });
  following = eachLane<Floats>([&](size_t i) { return from[at.lane[i] + 1]; });
}
inline void gatherQuads(const float* from, const Wholes& at, Floats (&quads)[4]) {
  for (size_t k = 0; k < 4; k++) quads[k] = eachLane<Floats>([&](size_t i) { return from[at.lane[i] + static_cast<int32_t>(k)]; });
}
inline Floats countUp() {
  return eachLane<Floats>([](size_t i) { return static_cast<float>(i); });
}

inline void takeTurns(const Floats& a, const Floats& b, Floats& even, Floats& odd) {
  float all[2 * kFloatLanes];
  store(all, a);
  store(all + kFloatLanes, b);
  even = eachLane<Floats>([&](size_t i) { return all[2 * i]; });
  odd = eachLane<Floats>([&](size_t i) { return all[2 * i + 1]; });
}

inline void interleave(const Floats& even, const Floats& odd, Floats& a, Floats& b) {
  float all[2 * kFloatLanes];
  for (size_t i = 0; i < kFloatLanes; i++) {
    all[2 * i] = even.lane[i];
    all[2 * i + 1] = odd.lane[i];
  }
  a = loadEight(all);
  b = loadEight(all + kFloatLanes);
}

#endif

inline Floats within(Floats x, float least, float most) {
  return smaller(larger(x, floatsOf(least)), floatsOf(most));
}

}  // namespace
}  // namespace clearcut

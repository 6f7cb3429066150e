#pragma once

// The vectors of vector-f32.h for NEON, two registers each. What each function does stands in vector-f32-avx512.h.

#include <arm_neon.h>

namespace clearcut {
namespace {

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

}  // namespace
}  // namespace clearcut

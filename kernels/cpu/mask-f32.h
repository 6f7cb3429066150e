#pragma once

// Comparisons of the vectors of vector-f32.h: one truth a lane.

#include "vector-f32.h"

namespace clearcut {
namespace {

#if !defined(CLEARCUT_PORTABLE) && defined(__AVX512BW__)

struct Mask {
  __mmask16 v;
};

inline Mask noLanes() { return {0}; }
/** Ordered: false where either is no number. */
inline Mask less(Floats a, Floats b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
inline Mask operator!(Mask a) { return {static_cast<__mmask16>(~a.v)}; }
inline Mask operator^(Mask a, Mask b) { return {static_cast<__mmask16>(a.v ^ b.v)}; }
inline Mask operator&(Mask a, Mask b) { return {static_cast<__mmask16>(a.v & b.v)}; }
inline Floats choose(Mask where, Floats yes, Floats no) { return {_mm512_mask_blend_ps(where.v, no.v, yes.v)}; }

#elif !defined(CLEARCUT_PORTABLE) && defined(__AVX2__)

struct Mask {
  __m256 v;
};

inline Mask noLanes() { return {_mm256_setzero_ps()}; }
inline Mask less(Floats a, Floats b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)}; }
inline Mask operator^(Mask a, Mask b) { return {_mm256_xor_ps(a.v, b.v)}; }
inline Mask operator!(Mask a) { return {_mm256_xor_ps(a.v, _mm256_castsi256_ps(_mm256_set1_epi32(-1)))}; }
inline Mask operator&(Mask a, Mask b) { return {_mm256_and_ps(a.v, b.v)}; }
inline Floats choose(Mask where, Floats yes, Floats no) { return {_mm256_blendv_ps(no.v, yes.v, where.v)}; }

#elif !defined(CLEARCUT_PORTABLE) && (defined(__aarch64__) || defined(_M_ARM64))

struct Mask {
  uint32x4_t low, high;
};

inline Mask noLanes() { return {vdupq_n_u32(0), vdupq_n_u32(0)}; }
inline Mask less(Floats a, Floats b) { return {vcltq_f32(a.low, b.low), vcltq_f32(a.high, b.high)}; }
inline Mask operator!(Mask a) { return {vmvnq_u32(a.low), vmvnq_u32(a.high)}; }
inline Mask operator^(Mask a, Mask b) { return {veorq_u32(a.low, b.low), veorq_u32(a.high, b.high)}; }
inline Mask operator&(Mask a, Mask b) { return {vandq_u32(a.low, b.low), vandq_u32(a.high, b.high)}; }
inline Floats choose(Mask where, Floats yes, Floats no) {
  return {vbslq_f32(where.low, yes.low, no.low), vbslq_f32(where.high, yes.high, no.high)};
}

#else

struct Mask {
  uint32_t lane[kFloatLanes];
};

inline Mask noLanes() {
  return eachLane<Mask>([](size_t) { return 0u; });
}
inline Mask less(const Floats& a, const Floats& b) {
  return eachLane<Mask>([&](size_t i) { return a.lane[i] < b.lane[i] ? 1u : 0u; });
}
inline Mask operator!(const Mask& a) {
  return eachLane<Mask>([&](size_t i) { return 1u ^ a.lane[i]; });
}
inline Mask operator^(const Mask& a, const Mask& b) {
  return eachLane<Mask>([&](size_t i) { return a.lane[i] ^ b.lane[i]; });
}
inline Mask operator&(const Mask& a, const Mask& b) {
  return eachLane<Mask>([&](size_t i) { return a.lane[i] & b.lane[i]; });
}
inline Floats choose(const Mask& where, const Floats& yes, const Floats& no) {
  return eachLane<Floats>([&](size_t i) { return where.lane[i] ? yes.lane[i] : no.lane[i]; });
}

#endif

}  // namespace
}  // namespace clearcut

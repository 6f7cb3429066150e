#pragma once

// The vectors of vector-f32.h in C++ alone. What each function does stands in vector-f32-avx512.h.

namespace clearcut {
namespace {

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

}  // namespace
}  // namespace clearcut

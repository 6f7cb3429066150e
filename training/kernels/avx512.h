// Buffers and loads for the AVX-512 kernels.
#pragma once

#include <immintrin.h>

#include <cstring>
#include <vector>

namespace adder2d {

constexpr int kLanes = 16;

// Vectors of a whole cache line must not straddle two.
template <typename T>
struct AlignedAllocator {
  typedef T value_type;
  AlignedAllocator() = default;
  template <typename U>
  AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(size_t n) { return (T*)_mm_malloc(n * sizeof(T), 64); }
  void deallocate(T* p, size_t) { _mm_free(p); }
  template <typename U>
  bool operator==(const AlignedAllocator<U>&) const { return true; }
  template <typename U>
  bool operator!=(const AlignedAllocator<U>&) const { return false; }
};

template <typename T>
using Buffer = std::vector<T, AlignedAllocator<T>>;

// Two neighbouring 16-bit values in every 32-bit lane.
inline __m512i pair(const void* p) {
  int32_t both;
  std::memcpy(&both, p, sizeof both);
  return _mm512_set1_epi32(both);
}

// An aligned vector, kept in a register for all pixels of the tile: left to itself the
// compiler loads it again for each.
inline __m512i load(const void* p) {
  __m512i v = _mm512_load_si512(p);
  asm("" : "+v"(v));
  return v;
}

}  // namespace adder2d

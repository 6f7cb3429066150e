#include "features.h"

#if defined(_MSC_VER) && defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace clearcut {
namespace {

struct CpuFeatures {
  bool avx512 = false;
  bool avx2 = false;
};

#if defined(_MSC_VER) && defined(_M_X64)

// Intel SDM vol. 2, CPUID leaf 7: EBX bit 5 AVX2, 16 AVX512F, 17 DQ, 30 BW, 31 VL; leaf 1: ECX bit 27 OSXSAVE.
// XCR0: bits 1 and 2 say that the system saves ymm, 5 to 7 that it saves zmm and the mask registers.
CpuFeatures detect() {
  CpuFeatures found;
  int leaf[4];
  __cpuid(leaf, 0);
  if (leaf[0] < 7) return found;
  __cpuid(leaf, 1);
  if ((leaf[2] & (1 << 27)) == 0) return found;
  const unsigned long long saved = _xgetbv(0);
  __cpuidex(leaf, 7, 0);
  const auto bit = [&](int index) { return ((static_cast<unsigned>(leaf[1]) >> index) & 1u) != 0; };
  found.avx2 = (saved & 0x06) == 0x06 && bit(5);
  found.avx512 = (saved & 0xe6) == 0xe6 && bit(16) && bit(17) && bit(30) && bit(31);
  return found;
}

#elif defined(__x86_64__)

CpuFeatures detect() {
  CpuFeatures found;
  __builtin_cpu_init();
  found.avx2 = __builtin_cpu_supports("avx2");
  found.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return found;
}

#else

CpuFeatures detect() { return {}; }

#endif

const CpuFeatures& features() {
  static const CpuFeatures found = detect();
  return found;
}

}  // namespace

bool hasAvx512() { return features().avx512; }

bool hasAvx2() { return features().avx2; }

bool hasNeon() {
#if defined(__aarch64__) || defined(_M_ARM64)
  return true;  // part of every 64-bit Arm processor
#else
  return false;
#endif
}

bool hasAnything() { return true; }

}  // namespace clearcut

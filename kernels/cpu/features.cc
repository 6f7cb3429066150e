#include "features.h"

#if defined(_MSC_VER) && defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#elif defined(__x86_64__)
#include <cpuid.h>
#endif

namespace clearcut {
namespace {

struct CpuFeatures {
  bool avx512 = false;
  bool avx2 = false;
  bool dotProducts = false;
};

#if defined(_MSC_VER) && defined(_M_X64)

// Intel SDM vol. 2, CPUID leaf 7: EBX bit 5 AVX2, 16 AVX512F, 17 DQ, 30 BW, 31 VL; leaf 1: ECX bit 27 OSXSAVE.
// And for AVX-512 VNNI leaf 7: ECX bit 11, for AVX-VNNI its subleaf 1: EAX bit 4.
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
  const bool avx512Vnni = found.avx512 && (leaf[2] & (1 << 11)) != 0;
  __cpuidex(leaf, 7, 1);
  found.dotProducts = avx512Vnni || (found.avx2 && (leaf[0] & (1 << 4)) != 0);
  return found;
}

#elif defined(__x86_64__)

CpuFeatures detect() {
  CpuFeatures found;
  __builtin_cpu_init();
  found.avx2 = __builtin_cpu_supports("avx2");
  found.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  // Not every compiler knows the names of these two.
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool avx512Vnni = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (c & (1u << 11)) != 0;
  const bool avxVnni = __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & (1u << 4)) != 0;
  found.dotProducts = (found.avx512 && avx512Vnni) || (found.avx2 && avxVnni);
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

bool hasDotProducts() { return features().dotProducts; }

bool hasAnything() { return true; }

}  // namespace clearcut

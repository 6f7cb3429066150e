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
#include "vector-f32-portable.h"
#elif defined(__AVX512BW__)
#include "vector-f32-avx512.h"
#elif defined(__AVX2__)
#include "vector-f32-avx2.h"
#elif defined(__aarch64__) || defined(_M_ARM64)
#include "vector-f32-neon.h"
#else
#include "vector-f32-portable.h"
#endif

namespace clearcut {
namespace {

inline Floats within(Floats x, float least, float most) {
  return smaller(larger(x, floatsOf(least)), floatsOf(most));
}

}  // namespace
}  // namespace clearcut

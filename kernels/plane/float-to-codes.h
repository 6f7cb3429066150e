#pragma once

// What plane.cc sees of a kernel; see adder2d/micro-kernel.h on what may be included here.

#include <stddef.h>
#include <stdint.h>

namespace clearcut {

/** code = clamp(rint(value · scale + offset), least, most); limits are whole numbers. */
struct FloatToCodes {
  float scale;
  float offset;
  float least;
  float most;
};

/** Converts `count` values and returns how many are not finite; those that are no number give the least code. */
struct FloatToCodesKernel {
  bool (*supported)();
  size_t (*toBytes)(const float* source, uint8_t* target, size_t count, const FloatToCodes& how);
  size_t (*toWords)(const float* source, uint16_t* target, size_t count, const FloatToCodes& how);
};

extern const FloatToCodesKernel kFloatToCodesAvx2;
extern const FloatToCodesKernel kFloatToCodesScalar;

}  // namespace clearcut

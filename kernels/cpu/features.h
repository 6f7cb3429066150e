#pragma once

namespace clearcut {

// What this processor and its operating system can run. Nothing else looks at processor flags.

/** AVX-512 F, BW, DQ and VL. */
bool hasAvx512();
bool hasAvx2();
bool hasNeon();
/** Sums of four 8-bit products in one step (VNNI, with vectors of 64 or 32 bytes). */
bool hasDotProducts();
/** For kernels that run everywhere. */
bool hasAnything();

}  // namespace clearcut

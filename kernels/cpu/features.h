#pragma once

namespace clearcut {

// What this processor and its operating system can run. Nothing else looks at processor flags.

/** AVX-512 F, BW, DQ and VL. */
bool hasAvx512();
bool hasAvx2();
bool hasNeon();
/** For kernels that run everywhere. */
bool hasAnything();

}  // namespace clearcut

#include "../cpu/features.h"
#include "outline-f32.h"

namespace clearcut {

const OutlineKernel kOutlineF32Avx512 = {"avx512", hasAvx512, kFloatLanes, measureDistances, mixRows, coverPixels, drawOutRow};

}  // namespace clearcut

#include "../cpu/features.h"
#include "outline-f32.h"

namespace clearcut {

const OutlineKernel kOutlineF32Avx2 = {"avx2", hasAvx2, kFloatLanes, measureDistances, mixRows, coverPixels, drawOutRow};

}  // namespace clearcut

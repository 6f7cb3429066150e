#include "../cpu/features.h"
#include "outline-f32.h"

namespace clearcut {

const OutlineKernel kOutlineF32Neon = {"neon", hasNeon, kFloatLanes, measureDistances, mixRows, coverPixels, drawOutRow};

}  // namespace clearcut

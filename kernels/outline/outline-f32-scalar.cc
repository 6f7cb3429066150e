#define CLEARCUT_PORTABLE
#include "../cpu/features.h"
#include "outline-f32.h"

namespace clearcut {

const OutlineKernel kOutlineF32Scalar = {"scalar", hasAnything, kFloatLanes, measureDistances, mixRows, coverPixels, drawOutRow};

}  // namespace clearcut

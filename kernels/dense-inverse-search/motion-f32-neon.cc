#include "../cpu/features.h"
#include "motion-kernel.h"

namespace clearcut {

const MotionKernel kMotionNeon = motionKernel("neon", hasNeon);

}  // namespace clearcut

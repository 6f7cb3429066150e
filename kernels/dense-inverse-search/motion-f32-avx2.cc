#include "../cpu/features.h"
#include "motion-kernel.h"

namespace clearcut {

const MotionKernel kMotionAvx2 = motionKernel("avx2", hasAvx2);

}  // namespace clearcut

#include "../cpu/features.h"
#include "motion-kernel.h"

namespace clearcut {

const MotionKernel kMotionAvx512 = motionKernel("avx512", hasAvx512);

}  // namespace clearcut

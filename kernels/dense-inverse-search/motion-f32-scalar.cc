#define CLEARCUT_PORTABLE
#include "../cpu/features.h"
#include "motion-kernel.h"

namespace clearcut {

const MotionKernel kMotionScalar = motionKernel("scalar", hasAnything);

}  // namespace clearcut

#include "../cpu/features.h"
#include "point-head-f32.h"

namespace clearcut {

const PointHeadKernel kPointHeadF32Neon = {"neon", hasNeon, samplePoint, connectLayer};

}  // namespace clearcut

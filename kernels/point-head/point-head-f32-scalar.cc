#define CLEARCUT_PORTABLE
#include "../cpu/features.h"
#include "point-head-f32.h"

namespace clearcut {

const PointHeadKernel kPointHeadF32Scalar = {"scalar", hasAnything, samplePoint, connectLayer};

}  // namespace clearcut

#include "../cpu/features.h"
#include "point-head-f32.h"

namespace clearcut {

const PointHeadKernel kPointHeadF32Avx2 = {"avx2", hasAvx2, samplePoint, connectLayer};

}  // namespace clearcut

#include "../cpu/features.h"
#include "point-head-f32.h"

namespace clearcut {

const PointHeadKernel kPointHeadF32Avx512 = {"avx512", hasAvx512, samplePoint, connectLayer};

}  // namespace clearcut

#include "../cpu/features.h"
#include "dynamic-filter2d-f32.h"

namespace clearcut {

const DynamicFilter2dKernel kDynamicFilter2dF32Avx512 = {"avx512", hasAvx512, kFloatLanes, weighFilters, filterRow, splitRow};

}  // namespace clearcut

#define CLEARCUT_PORTABLE
#include "../cpu/features.h"
#include "dynamic-filter2d-f32.h"

namespace clearcut {

const DynamicFilter2dKernel kDynamicFilter2dF32Scalar = {"scalar",     hasAnything, kFloatLanes,
                                                         weighFilters, filterRow,   splitRow};

}  // namespace clearcut

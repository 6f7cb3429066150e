#pragma once

#include <vector>

#include "micro-kernel.h"

namespace clearcut {

/** Every kernel that was compiled in, fastest first; names are those of adder2d/kernel-table.h. */
const std::vector<const PointHeadKernel*>& pointHeadKernels();

}  // namespace clearcut

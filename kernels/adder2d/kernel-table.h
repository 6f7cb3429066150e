#pragma once

#include <vector>

#include "micro-kernel.h"

namespace clearcut {

/** Every kernel that was compiled in, fastest first. Drives dispatch, tests and benchmarks. */
const std::vector<const Adder2dKernel*>& adder2dKernels();

}  // namespace clearcut

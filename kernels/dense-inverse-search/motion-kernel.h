#pragma once

// All micro-kernels of the operator, for the instruction set that the including file is compiled for.

#include "densification-kernel.h"
#include "patch-search-kernel.h"
#include "projection-kernel.h"
#include "pyramid-kernel.h"
#include "refinement-kernel.h"
#include "warp-kernel.h"

namespace clearcut {
namespace {

constexpr MotionKernel motionKernel(const char* name, bool (*supported)()) {
  return {name,        supported,  interleaveRow, halveRow,    gradientRow, searchPatches,
          densifyRow,  prepareRow, refineWaves,   joinRow,     projectRow,  warpRow};
}

}  // namespace
}  // namespace clearcut

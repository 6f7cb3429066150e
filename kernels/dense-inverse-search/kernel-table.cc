#include "kernel-table.h"

namespace clearcut {

const std::vector<const MotionKernel*>& motionKernels() {
  static const std::vector<const MotionKernel*> kernels = {
#if defined(__x86_64__) || defined(_M_X64)
      &kMotionAvx512,
      &kMotionAvx2,
#elif defined(__aarch64__) || defined(_M_ARM64)
      &kMotionNeon,
#endif
      &kMotionScalar,
  };
  return kernels;
}

}  // namespace clearcut

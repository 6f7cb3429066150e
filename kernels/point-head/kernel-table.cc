#include "kernel-table.h"

namespace clearcut {

const std::vector<const PointHeadKernel*>& pointHeadKernels() {
  static const std::vector<const PointHeadKernel*> kernels = {
#if defined(__x86_64__) || defined(_M_X64)
      &kPointHeadF32Avx512,
      &kPointHeadF32Avx2,
#elif defined(__aarch64__) || defined(_M_ARM64)
      &kPointHeadF32Neon,
#endif
      &kPointHeadF32Scalar,
  };
  return kernels;
}

}  // namespace clearcut

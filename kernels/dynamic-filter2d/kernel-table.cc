#include "kernel-table.h"

namespace clearcut {

const std::vector<const DynamicFilter2dKernel*>& dynamicFilter2dKernels() {
  static const std::vector<const DynamicFilter2dKernel*> kernels = {
#if defined(__x86_64__) || defined(_M_X64)
      &kDynamicFilter2dF32Avx512,
      &kDynamicFilter2dF32Avx2,
#elif defined(__aarch64__) || defined(_M_ARM64)
      &kDynamicFilter2dF32Neon,
#endif
      &kDynamicFilter2dF32Scalar,
  };
  return kernels;
}

}  // namespace clearcut

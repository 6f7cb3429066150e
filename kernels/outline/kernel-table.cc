#include "kernel-table.h"

namespace clearcut {

const std::vector<const OutlineKernel*>& outlineKernels() {
  static const std::vector<const OutlineKernel*> kernels = {
#if defined(__x86_64__) || defined(_M_X64)
      &kOutlineF32Avx512,
      &kOutlineF32Avx2,
#elif defined(__aarch64__) || defined(_M_ARM64)
      &kOutlineF32Neon,
#endif
      &kOutlineF32Scalar,
  };
  return kernels;
}

}  // namespace clearcut

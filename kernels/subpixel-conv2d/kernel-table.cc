#include "kernel-table.h"

namespace clearcut {

const std::vector<const SubpixelConv2dKernel*>& subpixelConv2dKernels() {
  static const std::vector<const SubpixelConv2dKernel*> kernels = {
#if defined(__x86_64__) || defined(_M_X64)
      &kSubpixelConv2dI16Avx512,
      &kSubpixelConv2dI16Avx2,
#elif defined(__aarch64__) || defined(_M_ARM64)
      &kSubpixelConv2dI16Neon,
#endif
      &kSubpixelConv2dI16Scalar,
  };
  return kernels;
}

}  // namespace clearcut

#include "kernel-table.h"

namespace clearcut {

const std::vector<const QuantizedConv2dKernel*>& quantizedConv2dKernels() {
  static const std::vector<const QuantizedConv2dKernel*> kernels = {
#if defined(__x86_64__) || defined(_M_X64)
      &kQuantizedConv2dI16Avx512,
      &kQuantizedConv2dI16Avx2,
#elif defined(__aarch64__) || defined(_M_ARM64)
      &kQuantizedConv2dI16Neon,
#endif
      &kQuantizedConv2dI16Scalar,
  };
  return kernels;
}

}  // namespace clearcut

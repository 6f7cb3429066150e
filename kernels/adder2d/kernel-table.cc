#include "kernel-table.h"

namespace clearcut {

const std::vector<const Adder2dKernel*>& adder2dKernels() {
  static const std::vector<const Adder2dKernel*> kernels = {
#if defined(__x86_64__) || defined(_M_X64)
      &kAdder2dU8Avx512,
      &kAdder2dU8Avx2,
#elif defined(__aarch64__) || defined(_M_ARM64)
      &kAdder2dU8Neon,
#endif
      &kAdder2dU8Scalar,
  };
  return kernels;
}

}  // namespace clearcut

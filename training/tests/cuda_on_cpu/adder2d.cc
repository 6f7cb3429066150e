// The GPU's kernels on the CPU, for ctypes.
#include "../../kernels/adder2d_cuda.cu"

extern "C" {

void forward(const float* x, const float* f, float* y, const int* s) {
  adder2d::forward_cuda(x, f, y, {s[0], s[1], s[2], s[3], s[4], s[5]}, nullptr);
}

void input_gradient(const float* x, const float* f, const float* dy, float* dx, const int* s) {
  adder2d::input_gradient_cuda(x, f, dy, dx, {s[0], s[1], s[2], s[3], s[4], s[5]}, nullptr);
}
}

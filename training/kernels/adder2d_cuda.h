// AdderNet's layer on NVIDIA GPUs: what adder2d_cuda.cu offers to its binding.
#pragma once

#include <cuda_runtime_api.h>

namespace adder2d {

// Activations [N, H, W, C], filters [Cout, k, k, Cin], 32-bit float, channels multiples of 16.
struct CudaShape {
  int n, h, w, cin, cout, k;
};

void forward_cuda(const float* x, const float* f, float* y, CudaShape s, cudaStream_t stream);
void input_gradient_cuda(const float* x, const float* f, const float* dy, float* dx, CudaShape s,
                         cudaStream_t stream);

}  // namespace adder2d

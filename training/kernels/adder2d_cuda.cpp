// Binds adder2d_cuda.cu to PyTorch; apart from it, as PyTorch's headers take nvcc a minute.

#include "adder2d_cuda.h"

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/extension.h>

namespace adder2d {
namespace {

constexpr auto kChannelsLast = at::MemoryFormat::ChannelsLast;

bool fits(const at::Tensor& t) {
  return t.is_cuda() && t.dim() == 4 && t.scalar_type() == at::kFloat &&
         t.is_contiguous(kChannelsLast) && t.numel() < int64_t(1) << 31;
}

CudaShape shape_of(const at::Tensor& x, const at::Tensor& f) {
  TORCH_CHECK(fits(x) && fits(f), "expected float x [N,C,H,W] and f [Cout,Cin,k,k] on a GPU in channels_last");
  TORCH_CHECK(f.size(1) == x.size(1) && f.size(2) == f.size(3) && f.size(2) % 2 == 1,
              "expected an odd square kernel over all channels of x");
  TORCH_CHECK(x.size(1) % 16 == 0 && f.size(0) % 16 == 0, "channels must be multiples of 16");
  return {int(x.size(0)), int(x.size(2)), int(x.size(3)), int(x.size(1)), int(f.size(0)), int(f.size(2))};
}

at::Tensor forward(const at::Tensor& x, const at::Tensor& f) {
  const c10::cuda::CUDAGuard guard(x.device());
  const CudaShape s = shape_of(x, f);
  auto y = at::empty({s.n, s.cout, s.h, s.w}, x.options(), kChannelsLast);
  forward_cuda(x.data_ptr<float>(), f.data_ptr<float>(), y.data_ptr<float>(), s,
               c10::cuda::getCurrentCUDAStream());
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return y;
}

at::Tensor input_gradient(const at::Tensor& x, const at::Tensor& f, const at::Tensor& dy) {
  const c10::cuda::CUDAGuard guard(x.device());
  const CudaShape s = shape_of(x, f);
  TORCH_CHECK(fits(dy) && dy.size(0) == s.n && dy.size(1) == s.cout && dy.size(2) == s.h && dy.size(3) == s.w,
              "expected float dY [N,Cout,H,W] on a GPU in channels_last");
  auto dx = at::empty(x.sizes(), x.options(), kChannelsLast);
  input_gradient_cuda(x.data_ptr<float>(), f.data_ptr<float>(), dy.data_ptr<float>(),
                      dx.data_ptr<float>(), s, c10::cuda::getCurrentCUDAStream());
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return dx;
}

}  // namespace
}  // namespace adder2d

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("forward", &adder2d::forward, "Y = -sum |X - F|");
  m.def("input_gradient", &adder2d::input_gradient, "dX of AdderNet");
}

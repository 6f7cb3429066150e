// Enough of CUDA for kernels/adder2d_cuda.cu to run on the CPU, to test its indices without a GPU:
// a block's threads are coroutines that take turns at every __syncthreads, blocks run in order.
#pragma once

#include <ucontext.h>

#include <cmath>
#include <functional>
#include <vector>

#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static  // one block at a time
#define __align__(n) __attribute__((aligned(n)))

typedef void* cudaStream_t;

struct dim3 {
  unsigned x, y;
  dim3(unsigned x = 0, unsigned y = 1) : x(x), y(y) {}
};

struct float4 {
  float x, y, z, w;
};
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline float __saturatef(float v) { return v < 0 ? 0 : v > 1 ? 1 : v; }
using std::fabs;
using std::fma;

inline dim3 threadIdx, blockIdx;

namespace cuda_on_cpu {

struct Thread {
  ucontext_t context;
  std::vector<char> stack = std::vector<char>(1 << 16);
  bool done = false;
};

inline ucontext_t scheduler;
inline Thread* current;
inline std::function<void()> body;

inline void enter() {
  body();
  current->done = true;
  swapcontext(&current->context, &scheduler);
}

inline void run_block(int threads) {
  std::vector<Thread> all(threads);
  for (auto& thread : all) {
    getcontext(&thread.context);
    thread.context.uc_stack.ss_sp = thread.stack.data();
    thread.context.uc_stack.ss_size = thread.stack.size();
    makecontext(&thread.context, enter, 0);
  }
  while (!all.back().done)
    for (int i = 0; i < threads; i++) {
      threadIdx = dim3(i);
      current = &all[i];
      swapcontext(&scheduler, &all[i].context);
    }
}

}  // namespace cuda_on_cpu

inline void __syncthreads() {
  swapcontext(&cuda_on_cpu::current->context, &cuda_on_cpu::scheduler);
}

template <typename Kernel, typename... Arguments>
void launch(Kernel kernel, dim3 grid, int threads, cudaStream_t, Arguments... arguments) {
  cuda_on_cpu::body = [=] { kernel(arguments...); };
  for (unsigned y = 0; y < grid.y; y++)
    for (unsigned x = 0; x < grid.x; x++) {
      blockIdx = dim3(x, y);
      cuda_on_cpu::run_block(threads);
    }
}

// AdderNet's layer for training on NVIDIA GPUs (Chen et al., CVPR 2020, arXiv 1912.13200):
//
//   forward   Y = -sum |X - F|
//   dX        = sum_o clip(F - X, -1, 1) dY          (eq. 5)
//
// in 32-bit float, stride 1, odd square kernel, zero padding that keeps the size. dF is a
// convolution's weight gradient and is left to cuDNN (addersr/adder.py). Two instructions a term:
//
//   |x - f|          an addition, and one that takes its operand's absolute value
//   clip(f - x, +-1) = 2 sat(f / 2 + (1 - x) / 2) - 1, sat to [0, 1] being free in FFMA;
//                    the -1 leaves the box sum of dY
//
// Both are blocked like a matrix product: a block makes 64 pixels by B channels, a thread 8 by 8,
// and the G groups of a block's threads each sum their part of the inner channels.

#include "adder2d_cuda.h"

namespace adder2d {
namespace {

constexpr int kPixels = 64;    // of a block
constexpr int kTile = 8;       // pixels and channels of a thread
constexpr int kLanes = kPixels / kTile;
constexpr int kDepth = 16;     // inner channels of a step
constexpr int kGroups = 4;     // at the most
constexpr int kRow = kDepth + 4;  // of staged pixels: eight neighbours' vectors in different banks

// Threads: pixel lane fastest, then channel lane, then group.
template <int B>
struct Block {
  static constexpr int kChannels = B;
  static constexpr int kChannelLanes = B / kTile;
  static constexpr int kGroupThreads = kLanes * kChannelLanes;
  static constexpr int kG = 128 / kGroupThreads < kGroups ? 128 / kGroupThreads : kGroups;
  static constexpr int kThreads = kGroupThreads * kG;
  static constexpr int kPart = kDepth / kG;  // inner channels of a group in a step
  static constexpr int kSumRow = B + 4;
  static constexpr int kSums = (kG / 2) * kPixels * kSumRow;
};

// 16 bytes to shared memory behind the thread's back, zeros where there is nothing to read.
__device__ __forceinline__ void copy_async(float* to, const float* from, bool there) {
#ifdef __CUDACC__
  asm volatile("cp.async.ca.shared.global [%0], [%1], 16, %2;" ::"r"(
                   (unsigned)__cvta_generic_to_shared(to)),
               "l"(from), "r"(there ? 16 : 0)
               : "memory");
#else
  for (int i = 0; i < 4; i++) to[i] = there ? from[i] : 0.f;
#endif
}

__device__ __forceinline__ void wait_for_copies() {
#ifdef __CUDACC__
  asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

// The 16-byte pieces of a step's pixels that a thread fetches: their places in the picture.
template <int Threads>
struct Pieces {
  static constexpr int kCount = kPixels * kDepth / 4 / Threads;
  int pixel[kCount], y[kCount], x[kCount];

  __device__ __forceinline__ Pieces(int first, const CudaShape& s) {
#pragma unroll
    for (int i = 0; i < kCount; i++) {
      const int p = first + (threadIdx.x + i * Threads) / (kDepth / 4);
      pixel[i] = p;
      // A pixel beyond the last is outside of every window.
      y[i] = p < s.n * s.h * s.w ? p / s.w % s.h : -2 * s.k;
      x[i] = p % s.w;
    }
  }

  // Pixels moved by (dy, dx), inner channels from c on, of [N, H, W, channels].
  __device__ __forceinline__ void fetch(float* to, const float* from, int dy, int dx, int c,
                                        int channels, const CudaShape& s) const {
#pragma unroll
    for (int i = 0; i < kCount; i++) {
      const int slot = threadIdx.x + i * Threads, part = slot % (kDepth / 4) * 4;
      const bool inside = (unsigned)(y[i] + dy) < (unsigned)s.h && (unsigned)(x[i] + dx) < (unsigned)s.w;
      const int at = (pixel[i] + dy * s.w + dx) * channels + c + part;
      copy_async(to + slot / (kDepth / 4) * kRow + part, from + (inside ? at : 0), inside);
    }
  }
};

// The order of the steps: inner channels fastest, then the taps.
struct Walk {
  int c = 0, x = 0, y = 0, tap = 0;
  __device__ __forceinline__ void next(int channels, int k) {
    c += kDepth;
    if (c < channels) return;
    c = 0;
    tap++;
    x = x + 1 < k ? x + 1 : 0;
    y += x == 0;
  }
};

__device__ __forceinline__ float4 vector_at(const float* p) {
  return *reinterpret_cast<const float4*>(p);
}

// Adds the groups' sums up in group 0, by halves, through shared memory.
template <int B>
__device__ __forceinline__ void sum_groups(float (&sums)[kTile][kTile], float* memory, int group,
                                           int pixel_lane, int channel_lane) {
  using L = Block<B>;
#pragma unroll
  for (int half = L::kG / 2; half > 0; half /= 2) {
    float* at = memory + group % half * (kPixels * L::kSumRow) + pixel_lane * L::kSumRow + channel_lane * kTile;
    __syncthreads();
    if (group >= half && group < 2 * half)
#pragma unroll
      for (int i = 0; i < kTile; i++)
#pragma unroll
        for (int j = 0; j < kTile; j += 4)
          *reinterpret_cast<float4*>(at + i * kLanes * L::kSumRow + j) =
              make_float4(sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3]);
    __syncthreads();
    if (group < half)
#pragma unroll
      for (int i = 0; i < kTile; i++)
#pragma unroll
        for (int j = 0; j < kTile; j += 4) {
          const float4 other = vector_at(at + i * kLanes * L::kSumRow + j);
          sums[i][j] += other.x;
          sums[i][j + 1] += other.y;
          sums[i][j + 2] += other.z;
          sums[i][j + 3] += other.w;
        }
  }
}

// A thread's tile to [N, H, W, channels].
__device__ __forceinline__ void store(const float (&sums)[kTile][kTile], float* to, int pixel,
                                      int pixels, int c, int channels) {
#pragma unroll
  for (int i = 0; i < kTile; i++) {
    const int p = pixel + i * kLanes;
    if (p < pixels)
#pragma unroll
      for (int j = 0; j < kTile; j += 4)
        *reinterpret_cast<float4*>(to + p * channels + c + j) =
            make_float4(sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3]);
  }
}

template <int B>
__global__ void __launch_bounds__(Block<B>::kThreads, 2)
    forward_kernel(const float* __restrict__ x, const float* __restrict__ f, float* __restrict__ y,
                   const CudaShape s) {
  using L = Block<B>;
  constexpr int kStage = (kPixels + B) * kRow;  // pixels, then filters
  constexpr int kMemory = 2 * kStage > L::kSums ? 2 * kStage : L::kSums;
  __shared__ __align__(16) float memory[kMemory];
  const int first = blockIdx.x * kPixels, o = blockIdx.y * B;
  const int pixel_lane = threadIdx.x % kLanes;
  const int channel_lane = threadIdx.x / kLanes % L::kChannelLanes;
  const int group = threadIdx.x / L::kGroupThreads;
  const int taps = s.k * s.k, steps = taps * (s.cin / kDepth);
  const Pieces<L::kThreads> pieces(first, s);

  Walk at;
  const auto fetch = [&](float* to) {
    pieces.fetch(to, x, at.y - s.k / 2, at.x - s.k / 2, at.c, s.cin, s);
#pragma unroll
    for (int i = 0; i < B * kDepth / 4 / L::kThreads; i++) {
      const int slot = threadIdx.x + i * L::kThreads;
      const int row = slot / (kDepth / 4), part = slot % (kDepth / 4) * 4;
      copy_async(to + (kPixels + row) * kRow + part,
                 f + ((o + row) * taps + at.tap) * s.cin + at.c + part, true);
    }
    at.next(s.cin, s.k);
  };

  float sums[kTile][kTile] = {};
  fetch(memory);
  for (int step = 0; step < steps; step++) {
    wait_for_copies();
    __syncthreads();
    const float* stage = memory + step % 2 * kStage;
    if (step + 1 < steps) fetch(memory + (step + 1) % 2 * kStage);
    const float* xs = stage + pixel_lane * kRow + group * L::kPart;
    const float* fs = stage + (kPixels + channel_lane * kTile) * kRow + group * L::kPart;
#pragma unroll
    for (int c = 0; c < L::kPart; c += 4) {
      float4 xv[kTile];
#pragma unroll
      for (int i = 0; i < kTile; i++) xv[i] = vector_at(xs + i * kLanes * kRow + c);
#pragma unroll
      for (int j = 0; j < kTile; j++) {
        const float4 fv = vector_at(fs + j * kRow + c);
#pragma unroll
        for (int i = 0; i < kTile; i++) sums[i][j] -= fabsf(xv[i].x - fv.x);
#pragma unroll
        for (int i = 0; i < kTile; i++) sums[i][j] -= fabsf(xv[i].y - fv.y);
#pragma unroll
        for (int i = 0; i < kTile; i++) sums[i][j] -= fabsf(xv[i].z - fv.z);
#pragma unroll
        for (int i = 0; i < kTile; i++) sums[i][j] -= fabsf(xv[i].w - fv.w);
      }
    }
  }
  sum_groups<B>(sums, memory, group, pixel_lane, channel_lane);
  if (group == 0)
    store(sums, y, first + pixel_lane, s.n * s.h * s.w, o + channel_lane * kTile, s.cout);
}

template <int B>
__global__ void __launch_bounds__(Block<B>::kThreads, 2)
    input_gradient_kernel(const float* __restrict__ x, const float* __restrict__ f,
                          const float* __restrict__ dy, float* __restrict__ dx, const CudaShape s) {
  using L = Block<B>;
  constexpr int kStage = kPixels * kRow + kDepth * B;  // dY, then filters [output][input channel]
  constexpr int kMemory = 2 * kStage > L::kSums ? 2 * kStage : L::kSums;
  constexpr int kBoxes = kTile / L::kChannelLanes;  // pixels whose box sum a thread makes
  __shared__ __align__(16) float memory[kMemory];
  __shared__ float boxes[L::kG][kPixels];
  const int first = blockIdx.x * kPixels, c = blockIdx.y * B;
  const int pixel_lane = threadIdx.x % kLanes;
  const int channel_lane = threadIdx.x / kLanes % L::kChannelLanes;
  const int group = threadIdx.x / L::kGroupThreads;
  const int taps = s.k * s.k, steps = taps * (s.cout / kDepth);
  const int pixels = s.n * s.h * s.w, channel = c + channel_lane * kTile;
  const Pieces<L::kThreads> pieces(first, s);

  // Pixel p was under tap t of the window whose centre lies -t away.
  Walk at;
  const auto fetch = [&](float* to) {
    pieces.fetch(to, dy, s.k / 2 - at.y, s.k / 2 - at.x, at.c, s.cout, s);
#pragma unroll
    for (int i = 0; i < B * kDepth / 4 / L::kThreads; i++) {
      const int slot = threadIdx.x + i * L::kThreads;
      const int row = slot / (B / 4), part = slot % (B / 4) * 4;
      copy_async(to + kPixels * kRow + row * B + part,
                 f + ((at.c + row) * taps + at.tap) * s.cin + c + part, true);
    }
    at.next(s.cout, s.k);
  };

  fetch(memory);
  float offset[kTile][kTile];  // (1 - x) / 2
#pragma unroll
  for (int i = 0; i < kTile; i++) {
    const int p = first + pixel_lane + i * kLanes;
#pragma unroll
    for (int j = 0; j < kTile; j += 4) {
      const float4 v = vector_at(x + (p < pixels ? p : 0) * s.cin + channel + j);
      offset[i][j] = 0.5f - 0.5f * v.x;
      offset[i][j + 1] = 0.5f - 0.5f * v.y;
      offset[i][j + 2] = 0.5f - 0.5f * v.z;
      offset[i][j + 3] = 0.5f - 0.5f * v.w;
    }
  }

  float sums[kTile][kTile] = {}, box[kBoxes] = {};
  for (int step = 0; step < steps; step++) {
    wait_for_copies();
    __syncthreads();
    const float* stage = memory + step % 2 * kStage;
    if (step + 1 < steps) fetch(memory + (step + 1) % 2 * kStage);
    const float* gs = stage + pixel_lane * kRow + group * L::kPart;
    const float* fs = stage + kPixels * kRow + group * L::kPart * B + channel_lane * kTile;
#pragma unroll
    for (int o = 0; o < L::kPart; o += 4) {
      float4 g[kTile];
#pragma unroll
      for (int i = 0; i < kTile; i++) g[i] = vector_at(gs + i * kLanes * kRow + o);
#pragma unroll
      for (int b = 0; b < kBoxes; b++) {
        const float4 v = vector_at(gs + (channel_lane + b * L::kChannelLanes) * kLanes * kRow + o);
        box[b] += (v.x + v.y) + (v.z + v.w);
      }
#pragma unroll
      for (int q = 0; q < 4; q++) {
        const float4 low = vector_at(fs + (o + q) * B), high = vector_at(fs + (o + q) * B + 4);
        const float fv[kTile] = {low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w};
#pragma unroll
        for (int i = 0; i < kTile; i++) {
          const float gv = q == 0 ? g[i].x : q == 1 ? g[i].y : q == 2 ? g[i].z : g[i].w;
#pragma unroll
          for (int j = 0; j < kTile; j++)
            sums[i][j] += __saturatef(fmaf(0.5f, fv[j], offset[i][j])) * gv;
        }
      }
    }
  }
#pragma unroll
  for (int b = 0; b < kBoxes; b++)
    boxes[group][pixel_lane + (channel_lane + b * L::kChannelLanes) * kLanes] = box[b];
  sum_groups<B>(sums, memory, group, pixel_lane, channel_lane);
  if (group == 0) {
#pragma unroll
    for (int i = 0; i < kTile; i++) {
      float total = 0.f;
#pragma unroll
      for (int g = 0; g < L::kG; g++) total += boxes[g][pixel_lane + i * kLanes];
#pragma unroll
      for (int j = 0; j < kTile; j++) sums[i][j] = 2.f * sums[i][j] - total;
    }
    store(sums, dx, first + pixel_lane, pixels, channel, s.cin);
  }
}

// Calls with(the widest block that divides the channels, how many of them that takes).
template <typename With>
void by_width(int channels, const With& with) {
  if (channels % 64 == 0)
    with(Block<64>{}, channels / 64);
  else if (channels % 32 == 0)
    with(Block<32>{}, channels / 32);
  else
    with(Block<16>{}, channels / 16);
}

dim3 blocks(const CudaShape& s, int columns) {
  return dim3((s.n * s.h * s.w + kPixels - 1) / kPixels, columns);
}

#ifdef __CUDACC__
template <typename Kernel, typename... Arguments>
void launch(Kernel kernel, dim3 grid, int threads, cudaStream_t stream, Arguments... arguments) {
  kernel<<<grid, threads, 0, stream>>>(arguments...);
}
#endif

}  // namespace

void forward_cuda(const float* x, const float* f, float* y, CudaShape s, cudaStream_t stream) {
  by_width(s.cout, [&](auto block, int columns) {
    constexpr int B = decltype(block)::kChannels;
    launch(forward_kernel<B>, blocks(s, columns), block.kThreads, stream, x, f, y, s);
  });
}

void input_gradient_cuda(const float* x, const float* f, const float* dy, float* dx, CudaShape s,
                         cudaStream_t stream) {
  by_width(s.cin, [&](auto block, int columns) {
    constexpr int B = decltype(block)::kChannels;
    launch(input_gradient_kernel<B>, blocks(s, columns), block.kThreads, stream, x, f, dy, dx, s);
  });
}

}  // namespace adder2d

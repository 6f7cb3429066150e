#include <string.h>

#include "../cpu/features.h"
#include "float-to-codes.h"

namespace clearcut {
namespace {

template <typename T>
size_t convert(const float* source, T* target, size_t count, const FloatToCodes& how) {
  // Below 2^22, adding and taking away 1.5 · 2^23 rounds to whole numbers, half to even.
  constexpr float kRound = 12582912.0f;
  uint32_t odd = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, source + i, sizeof bits);
    odd += (bits & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
    float t = source[i] * how.scale;
    t = t + how.offset;
    t = t > how.least ? t : how.least;
    t = t < how.most ? t : how.most;
    target[i] = static_cast<T>(static_cast<int32_t>((t + kRound) - kRound));
  }
  return odd;
}

}  // namespace

const FloatToCodesKernel kFloatToCodesScalar = {hasAnything, convert<uint8_t>, convert<uint16_t>};

}  // namespace clearcut

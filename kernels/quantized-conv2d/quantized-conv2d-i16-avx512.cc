#include "../cpu/features.h"
#include "quantized-conv2d-i16.h"

namespace clearcut {

const QuantizedConv2dKernel kQuantizedConv2dI16Avx512 = {"avx512", hasAvx512, kSumLanes, kPixels, runQuantizedConv2d};

}  // namespace clearcut

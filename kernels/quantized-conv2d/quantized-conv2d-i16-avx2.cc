#include "../cpu/features.h"
#include "quantized-conv2d-i16.h"

namespace clearcut {

const QuantizedConv2dKernel kQuantizedConv2dI16Avx2 = {"avx2", hasAvx2, kSumLanes, kPixels, runQuantizedConv2d};

}  // namespace clearcut

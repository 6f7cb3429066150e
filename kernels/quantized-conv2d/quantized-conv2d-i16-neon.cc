#include "../cpu/features.h"
#include "quantized-conv2d-i16.h"

namespace clearcut {

const QuantizedConv2dKernel kQuantizedConv2dI16Neon = {"neon", hasNeon, kSumLanes, kPixels, runQuantizedConv2d};

}  // namespace clearcut

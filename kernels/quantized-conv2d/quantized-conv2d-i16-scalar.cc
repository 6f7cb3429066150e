#define CLEARCUT_PORTABLE
#include "../cpu/features.h"
#include "quantized-conv2d-i16.h"

namespace clearcut {

const QuantizedConv2dKernel kQuantizedConv2dI16Scalar = {"scalar", hasAnything, kSumLanes, kPixels, runQuantizedConv2d};

}  // namespace clearcut

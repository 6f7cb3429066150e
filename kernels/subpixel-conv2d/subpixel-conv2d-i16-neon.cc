#include "../cpu/features.h"
#include "subpixel-conv2d-i16.h"

namespace clearcut {

const SubpixelConv2dKernel kSubpixelConv2dI16Neon = {
    "neon", hasNeon, kWords, kPixels, sumSubpixels, enlargeDown, finishSubpixels,
};

}  // namespace clearcut

#define CLEARCUT_PORTABLE
#include "../cpu/features.h"
#include "subpixel-conv2d-i16.h"

namespace clearcut {

const SubpixelConv2dKernel kSubpixelConv2dI16Scalar = {
    "scalar", hasAnything, kWords, kPixels, sumSubpixels, enlargeDown, finishSubpixels,
};

}  // namespace clearcut

#include "../cpu/features.h"
#include "subpixel-conv2d-i16.h"

namespace clearcut {

const SubpixelConv2dKernel kSubpixelConv2dI16Avx512 = {
    "avx512", hasAvx512, kWords, kPixels, sumSubpixels, enlargeDown, finishSubpixels,
};

}  // namespace clearcut

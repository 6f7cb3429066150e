#include "../cpu/features.h"
#include "subpixel-conv2d-i16.h"

namespace clearcut {

const SubpixelConv2dKernel kSubpixelConv2dI16Avx2 = {
    "avx2", hasAvx2, kWords, kPixels, sumSubpixels, enlargeDown, finishSubpixels,
};

}  // namespace clearcut

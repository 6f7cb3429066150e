#pragma once

#include "vector-f32.h"

namespace clearcut {
namespace {

/** e to the power of x, clamped to −87 … 88, as in exponential.ts: Cephes' polynomial, every operation rounded on its own. */
inline Floats exponential(Floats x) {
  const Floats t = within(x, -87.0f, 88.0f);
  const Floats n = floorOf(t * floatsOf(1.44269504088896341f) + floatsOf(0.5f));
  const Floats r = (t - n * floatsOf(0.693359375f)) - n * floatsOf(-2.12194440e-4f);
  Floats p = floatsOf(1.9875691500e-4f);
  p = p * r + floatsOf(1.3981999507e-3f);
  p = p * r + floatsOf(8.3334519073e-3f);
  p = p * r + floatsOf(4.1665795894e-2f);
  p = p * r + floatsOf(1.6666665459e-1f);
  p = p * r + floatsOf(5.0000001201e-1f);
  return ((p * (r * r) + r) + floatsOf(1.0f)) * powerOfTwo(toWholes(n));
}

}  // namespace
}  // namespace clearcut

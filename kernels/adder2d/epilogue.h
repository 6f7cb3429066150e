#pragma once

#include <math.h>

#include "micro-kernel.h"

namespace clearcut {
// Each kernel has its own copy: see micro-kernel.h.
namespace {

/** The power activation, kernels/README.md: power_gain · sign(t) · |t|^power. */
inline float applyPower(float t, const Epilogue& epilogue) {
  if (t == 0) return 0;
  const float magnitude = powf(fabsf(t), epilogue.power);
  return (t < 0 ? -epilogue.powerGain : epilogue.powerGain) * magnitude;
}

}  // namespace
}  // namespace clearcut

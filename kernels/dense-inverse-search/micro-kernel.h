#pragma once

// What a micro-kernel sees; see adder2d/micro-kernel.h on what may be included here. Planes of a picture have
// margins of kMargin samples on every side that repeat the border; pointers are to sample (0, 0). Whole vectors are
// read and written at a row's end, as far as the margin and kMostLanes more.

#include <stddef.h>
#include <stdint.h>

namespace clearcut {

constexpr int kMargin = 16;
constexpr size_t kMostLanes = 16;
/** Side of a patch in samples. */
constexpr int kPatch = 8;
/** Samples from one patch to the next. */
constexpr int kPatchStep = 3;
/** Patches that lie this far apart don't overlap. */
constexpr int kPatchesApart = 3;
static_assert(kPatchesApart * kPatchStep >= kPatch, "a sum that was just stored would be waited for");
/** Margin of the interleaved pictures that warps read. */
constexpr int kWarpMargin = 4;
/** Red, green, blue and a filler. */
constexpr size_t kWarpChannels = 4;

/** One level of a frame's pyramid. */
struct PictureLevel {
  int width;
  int height;
  size_t stride;
  /** In 0 … 255. */
  const float* luma;
  const float* gradientX;
  const float* gradientY;
};

/** A flow at some level, in samples of that level: vectors (u, v); a column and a row beyond it may be read. */
struct FlowField {
  int width;
  int height;
  /** In floats. */
  size_t stride;
  const float* vectors;
};

/** Patches of `from` looked for in `to`. */
struct PatchSearch {
  PictureLevel from;
  PictureLevel to;
  size_t columns;
  size_t rows;
  /** Of the level below, or without width where there is none. */
  FlowField coarse;
  /** Where each patch went: [rows][columns]. */
  float* u;
  float* v;
  /** How badly each fits there. */
  float* errors;
};

struct DensifyRow {
  const PatchSearch* patches;
  int y;
  /** Working memory: three rows of the width, filled up, and a vector more. */
  float* sums;
  /** The row's flow. */
  float* u;
  float* v;
};

/** Fixed-point steps of the refinement. */
constexpr int kFixedPointSteps = 5;
/** Rows between the equations that a fixed-point step makes and the rows that it has done with. */
constexpr int kRefinementLag = 7;
constexpr int kRefinementRing = 8;
static_assert(kRefinementRing > kRefinementLag, "equations must stay until their row is done");

/**
 * The refinement's planes of one flow. A row holds its even samples, then its odd ones, so that a sample's neighbours lie
 * in a row without gaps; `half` is the way from one to the other. Before and after each lie kMostLanes more.
 */
struct Refinement {
  int width;
  int height;
  size_t stride;
  size_t half;
  /** Mean of the frame and the warped other one, and their difference. */
  float* mean;
  float* difference;
  /** The flow that the other frame was warped by, and the one that is being refined. */
  float* startU;
  float* startV;
  float* u;
  float* v;
  // A ring of kRefinementRing rows each, of one fixed-point step.
  /** Weights of the links to the right and down. */
  float* right;
  float* down;
  /** Of the linear equations: a11 and a22 with all links, inverted. */
  float* inverse11;
  float* inverse22;
  float* a12;
  float* b1;
  float* b2;
};

struct Projection {
  FlowField forward;   // frame 0 to 1
  FlowField backward;  // frame 1 to 0
  /** 2^level of these flows. */
  float scale;
  float time;
};

/** Of one row: where the flows through each sample of the time point. */
struct ProjectedRow {
  float* forwardU;
  float* forwardV;
  float* backwardU;
  float* backwardV;
};

struct WarpRow {
  int width;
  int height;
  int y;
  /** Samples of four channels from row to row. */
  size_t stride;
  const float* previous;
  const float* next;
  float time;
  ProjectedRow flows;
  /** Planes of the targets at this row. */
  float* warpedPrevious[3];
  float* warpedNext[3];
  /** Or null. */
  float* confidence;
};

struct MotionKernel {
  const char* name;
  bool (*supported)();
  /** Planes [3] at a row to interleaved samples and luma. */
  void (*interleaveRow)(const float* const* planes, size_t count, float* samples, float* luma);
  /** Means of 2×2 samples. */
  void (*halveRow)(const float* top, const float* bottom, float* target, size_t count);
  void (*gradientRow)(const float* above, const float* row, const float* below, size_t count, float* x, float* y);
  void (*searchPatches)(const PatchSearch& search, size_t from, size_t to);
  void (*densifyRow)(const DensifyRow& row);
  void (*prepareRow)(const Refinement& refinement, const PatchSearch& frames, const float* u, const float* v, int y);
  /** A fixed-point step's waves `from` to `to` of height + kRefinementLag. */
  void (*refineWaves)(const Refinement& refinement, int from, int to);
  /** A row of the refined flow. */
  void (*joinRow)(const Refinement& refinement, int y, float* vectors);
  void (*projectRow)(const Projection& projection, int width, int y, const ProjectedRow& row);
  void (*warpRow)(const WarpRow& row);
};

extern const MotionKernel kMotionAvx512;
extern const MotionKernel kMotionAvx2;
extern const MotionKernel kMotionNeon;
extern const MotionKernel kMotionScalar;

/** Where a patch begins: the last ones end with the picture, or begin at 0 where it is smaller. */
inline int patchStart(size_t index, int side) {
  const int last = side > kPatch ? side - kPatch : 0;
  const int start = static_cast<int>(index) * kPatchStep;
  return start < last ? start : last;
}

}  // namespace clearcut

#pragma once

// What a micro-kernel sees; see adder2d/micro-kernel.h on what may be included here.

#include <stddef.h>
#include <stdint.h>

namespace clearcut {

/** Edges of a closed polygon; each array has one value an edge. */
struct PolygonEdges {
  size_t count;
  const float* startX;
  const float* startY;
  /** The end's y, which is the next start's. */
  const float* endY;
  const float* deltaX;
  const float* deltaY;
  /** 1 / length². */
  const float* inverse;
};

/** Points whose distance from one polygon is wanted, x and y by turns; whole vectors. */
struct DistanceRow {
  const float* points;
  size_t count;
  /** Positive inside. */
  float* distances;
};

/** A row of pixels of a matte, whole vectors, out of a row of logits. */
struct MatteRow {
  const float* logits;
  size_t columns;
  /** Where the first pixel's centre lies, in samples of the row, and the way to the next. */
  float left;
  float step;
  size_t pixels;
  /** Whole numbers, 0 to 255. */
  float* codes;
};

/** Two rows of cells and one between them, drawn out to twice as many. */
struct DrawnOutRow {
  const float* near;
  const float* far;
  size_t side;
  /** Memory for `side` + a vector and two more. */
  float* line;
  /** [2 side] */
  float* target;
};

struct OutlineKernel {
  const char* name;
  bool (*supported)();
  /** Of a vector: counts of points and pixels are multiples of it. */
  size_t lanes;
  void (*measure)(const PolygonEdges& edges, const DistanceRow& row);
  /** a + share · (b − a). */
  void (*mix)(const float* a, const float* b, float share, size_t count, float* between);
  void (*cover)(const MatteRow& row);
  void (*drawOut)(const DrawnOutRow& row);
};

extern const OutlineKernel kOutlineF32Avx512;
extern const OutlineKernel kOutlineF32Avx2;
extern const OutlineKernel kOutlineF32Neon;
extern const OutlineKernel kOutlineF32Scalar;

}  // namespace clearcut

#pragma once

#include <cstddef>
#include <cstdint>

#include "../cpu/thread-pool.h"

namespace clearcut {

// What is computed, and in which order, say reference.ts and field-reference.ts; names are those of work.ts.

struct Region {
  size_t x = 0;
  size_t y = 0;
  size_t width = 0;
  size_t height = 0;
};

struct CoveredRegion : Region {
  const uint8_t* cover = nullptr;
};

template <typename T>
struct PlaneView {
  T* codes = nullptr;
  size_t width = 0;
  size_t height = 0;
};

struct FieldView {
  float* values = nullptr;
  size_t width = 0;
  size_t height = 0;
  size_t step = 1;
};

struct HalveWork {
  const uint8_t* source;
  size_t width;
  size_t height;
  uint8_t* target;
  size_t lines;
  bool down;
  const uint8_t* weights;  // [3]
  const int32_t* places;   // [lines, 3]
};

void halve(ThreadPool& pool, const HalveWork& work);

template <typename T>
void paint(ThreadPool& pool, const PlaneView<T>& plane, const CoveredRegion& matte, double code, double opacity);

/** False where nothing is known. */
template <typename T>
bool knownField(ThreadPool& pool, const PlaneView<T>& plane, const CoveredRegion& matte, const uint8_t* shows,
                const FieldView& field);

void blurField(ThreadPool& pool, const FieldView& field, const int32_t* across, const int32_t* down);

template <typename T>
void uncover(ThreadPool& pool, const PlaneView<T>& source, const PlaneView<T>& target, const CoveredRegion& matte,
             const FieldView& objects, const FieldView& behind, double most);

/** One of the three: a field where it has values, else codes where there are any, else one code. */
template <typename T>
struct Fresh {
  FieldView field;
  const T* codes = nullptr;
  double code = 0;
};

/** What was behind, where that is known: a field with values. */
struct Old {
  FieldView field;
  Region region;
};

template <typename T>
void backdrop(ThreadPool& pool, const PlaneView<T>& source, const PlaneView<T>& target, const uint8_t* cover,
              const Fresh<T>& fresh, const Old& old, double most);

}  // namespace clearcut

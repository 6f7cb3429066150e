#pragma once

#include <cstddef>
#include <cstdint>

#include "../cpu/thread-pool.h"

namespace clearcut {

/** Pictures of [3, height, width]; plane/still-reference.ts says what is found in them. */
struct StillSources {
  const float* previous;
  const float* next;
  const float* warpedPrevious;
  const float* warpedNext;
  size_t width;
  size_t height;
};

/** `still`: [height, width], 255 where nothing moves. */
void findStill(ThreadPool& pool, const StillSources& sources, uint8_t* still);

/** Puts `source` into `target` by the weights of `still`, which has 2^shift samples for each of theirs. */
template <typename T>
void keepStill(ThreadPool& pool, const T* source, T* target, size_t width, size_t height, const uint8_t* still,
               size_t stillWidth, size_t stillHeight, int shiftX, int shiftY);

}  // namespace clearcut

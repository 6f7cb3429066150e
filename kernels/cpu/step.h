#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "thread-pool.h"

namespace clearcut {

/** A node's constants, made ready for a kernel. Stays while a handle or a run has it. */
class Layer {
 public:
  virtual ~Layer() = default;
};

/** A piece of memory that a step reads or writes. */
struct Access {
  const uint8_t* begin = nullptr;
  const uint8_t* end = nullptr;
  bool writes = false;
};

/** All that some rows of a step read and write. */
using Accesses = std::array<Access, 4>;

/** A node's work on given buffers. */
class Step {
 public:
  virtual ~Step() = default;

  /** Rows of its output, counted through all images. */
  virtual size_t rows() const = 0;

  /** What `run` touches for these rows; it may be told too large. */
  virtual Accesses accesses(size_t from, size_t to) const = 0;

  /** Computes some of them; any thread may. */
  virtual void run(size_t from, size_t to, Scratch& scratch) const = 0;
};

/** Some items of a buffer whose items are `itemBytes` long. */
Access reading(const void* buffer, size_t itemBytes, size_t from, size_t to);
Access writing(const void* buffer, size_t itemBytes, size_t from, size_t to);

struct RowSpan {
  size_t from;
  size_t to;
};

/** Rows `from` to `to` of `rows`, and `reach` more above and below as far as there are any. */
RowSpan withReach(size_t from, size_t to, size_t reach, size_t rows);

/**
 * Runs steps on the pool, as if one after another: rows of a later one begin when the rows of earlier ones are done
 * that wrote what they read or that read or wrote what they write.
 */
void runSteps(ThreadPool& pool, const std::vector<std::unique_ptr<const Step>>& steps);

}  // namespace clearcut

#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "thread-pool.h"

namespace clearcut {

/** A node's constants, made ready for a kernel. Stays while a handle or a run has it. */
class Layer {
 public:
  virtual ~Layer() = default;
};

/** A node's work on given buffers. */
class Step {
 public:
  virtual ~Step() = default;

  /** Rows of its output, counted through all images. */
  virtual size_t rows() const = 0;

  /** Computes some of them; any thread may. */
  virtual void run(size_t from, size_t to, Scratch& scratch) const = 0;
};

/** Runs steps one after another on the pool; a later one may read what an earlier one wrote. */
void runSteps(ThreadPool& pool, const std::vector<std::unique_ptr<const Step>>& steps);

}  // namespace clearcut

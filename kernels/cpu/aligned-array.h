#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace clearcut {

/** Elements that begin at a cache line, so that no vector of them straddles two. All 0 at first. */
template <typename T>
class AlignedArray {
 public:
  void resize(size_t count) {
    memory_.assign(count + kAlignment / sizeof(T), T{});
    const auto address = reinterpret_cast<uintptr_t>(memory_.data());
    start_ = (kAlignment - address % kAlignment) % kAlignment / sizeof(T);
  }

  T* data() { return memory_.data() + start_; }
  const T* data() const { return memory_.data() + start_; }

 private:
  static constexpr size_t kAlignment = 64;

  std::vector<T> memory_;
  size_t start_ = 0;
};

}  // namespace clearcut

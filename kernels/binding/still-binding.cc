#include "../plane/still.h"
#include "addon.h"

namespace clearcut {
namespace {

template <typename T>
Napi::Value keep(const Napi::Object& from) {
  const T* const source = dataOf<T>(from.Get("source"));
  T* const target = dataOf<T>(from.Get("target"));
  const uint8_t* const still = dataOf<uint8_t>(from.Get("still"));
  const size_t width = sizeOf(from, "width");
  const size_t height = sizeOf(from, "height");
  const size_t stillWidth = sizeOf(from, "stillWidth");
  const size_t stillHeight = sizeOf(from, "stillHeight");
  const int shiftX = static_cast<int>(sizeOf(from, "shiftX"));
  const int shiftY = static_cast<int>(sizeOf(from, "shiftY"));
  return startWork(from, [=] {
    keepStill(ThreadPool::shared(), source, target, width, height, still, stillWidth, stillHeight, shiftX, shiftY);
    return kNothing;
  });
}

}  // namespace

Napi::Value startFindStill(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  StillSources sources;
  sources.previous = dataOf<float>(from.Get("previous"));
  sources.next = dataOf<float>(from.Get("next"));
  sources.warpedPrevious = dataOf<float>(from.Get("warpedPrevious"));
  sources.warpedNext = dataOf<float>(from.Get("warpedNext"));
  sources.width = sizeOf(from, "width");
  sources.height = sizeOf(from, "height");
  uint8_t* const still = dataOf<uint8_t>(from.Get("still"));
  return startWork(from, [=] {
    findStill(ThreadPool::shared(), sources, still);
    return kNothing;
  });
}

Napi::Value startKeepStill(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWide(from.Get("target")) ? keep<uint16_t>(from) : keep<uint8_t>(from);
}

}  // namespace clearcut

#include "../plane/plane.h"
#include "addon.h"

namespace clearcut {
namespace {

ResizeAxis axisFrom(const Napi::Object& from) {
  ResizeAxis axis;
  axis.count = sizeOf(from, "count");
  axis.taps = sizeOf(from, "taps");
  axis.starts = dataOf<int32_t>(from.Get("starts"));
  axis.weights = dataOf<int16_t>(from.Get("weights"));
  return axis;
}

template <typename T>
Napi::Value resize(const Napi::Object& from) {
  const ResizeAxis horizontal = axisFrom(from.Get("horizontal").As<Napi::Object>());
  const ResizeAxis vertical = axisFrom(from.Get("vertical").As<Napi::Object>());
  const T* const source = dataOf<T>(from.Get("source"));
  T* const target = dataOf<T>(from.Get("target"));
  const size_t width = sizeOf(from, "width");
  const size_t height = sizeOf(from, "height");
  const int bits = static_cast<int>(sizeOf(from, "bits"));
  const int maxCode = static_cast<int>(sizeOf(from, "maxCode"));
  return startWork(from, [=] {
    resizeBicubic(ThreadPool::shared(), source, width, height, target, horizontal, vertical, bits, maxCode);
    return kNothing;
  });
}

template <typename T>
Napi::Value toFloat(const Napi::Object& from) {
  const T* const source = dataOf<T>(from.Get("source"));
  float* const target = dataOf<float>(from.Get("target"));
  const size_t count = from.Get("source").As<Napi::TypedArray>().ElementLength();
  const auto scale = static_cast<float>(numberOf(from, "scale"));
  const auto offset = static_cast<float>(numberOf(from, "offset"));
  return startWork(from, [=] {
    planeToFloat(ThreadPool::shared(), source, target, count, scale, offset);
    return kNothing;
  });
}

template <typename T>
Napi::Value toPlane(const Napi::Object& from) {
  const float* const source = dataOf<float>(from.Get("source"));
  T* const target = dataOf<T>(from.Get("target"));
  const size_t count = from.Get("source").As<Napi::TypedArray>().ElementLength();
  const auto scale = static_cast<float>(numberOf(from, "scale"));
  const auto offset = static_cast<float>(numberOf(from, "offset"));
  const int minCode = static_cast<int>(sizeOf(from, "minCode"));
  const int maxCode = static_cast<int>(sizeOf(from, "maxCode"));
  return startWork(from, [=] {
    return static_cast<double>(
        floatToPlane(ThreadPool::shared(), source, target, count, scale, offset, minCode, maxCode));
  });
}

}  // namespace

Napi::Value startResizeBicubic(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWide(from.Get("source")) ? resize<uint16_t>(from) : resize<uint8_t>(from);
}

Napi::Value startPlaneToFloat(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWide(from.Get("source")) ? toFloat<uint16_t>(from) : toFloat<uint8_t>(from);
}

Napi::Value startFloatToPlane(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWide(from.Get("target")) ? toPlane<uint16_t>(from) : toPlane<uint8_t>(from);
}

}  // namespace clearcut

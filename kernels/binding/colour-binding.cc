#include "../plane/colour.h"
#include "addon.h"

namespace clearcut {
namespace {

LinearAxis axisFrom(const Napi::Object& from) {
  LinearAxis axis;
  axis.count = sizeOf(from, "count");
  axis.taps = sizeOf(from, "taps");
  axis.starts = dataOf<int32_t>(from.Get("starts"));
  axis.weights = dataOf<float>(from.Get("weights"));
  return axis;
}

ColourFactors factorsFrom(const Napi::Object& from) {
  const auto number = [&](const char* name) { return static_cast<float>(numberOf(from, name)); };
  ColourFactors factors;
  factors.lumaScale = number("lumaScale");
  factors.lumaOffset = number("lumaOffset");
  factors.chromaScale = number("chromaScale");
  factors.chromaOffset = number("chromaOffset");
  factors.redFromRed = number("redFromRed");
  factors.greenFromBlue = number("greenFromBlue");
  factors.greenFromRed = number("greenFromRed");
  factors.blueFromBlue = number("blueFromBlue");
  factors.red = number("red");
  factors.green = number("green");
  factors.blue = number("blue");
  factors.blueSpread = number("blueSpread");
  factors.redSpread = number("redSpread");
  factors.lumaSpan = number("lumaSpan");
  factors.lumaZero = number("lumaZero");
  factors.chromaSpan = number("chromaSpan");
  factors.chromaZero = number("chromaZero");
  factors.most = number("most");
  return factors;
}

ColourLayout layoutFrom(const Napi::Object& from) {
  ColourLayout layout;
  layout.width = sizeOf(from, "width");
  layout.height = sizeOf(from, "height");
  layout.chromaWidth = sizeOf(from, "chromaWidth");
  layout.chromaHeight = sizeOf(from, "chromaHeight");
  layout.grey = from.Get("planes").As<Napi::Array>().Length() == 1;
  layout.factors = factorsFrom(from.Get("factors").As<Napi::Object>());
  layout.across = axisFrom(from.Get("across").As<Napi::Object>());
  layout.down = axisFrom(from.Get("down").As<Napi::Object>());
  return layout;
}

template <typename T>
struct Planes {
  T* data[3] = {nullptr, nullptr, nullptr};

  explicit Planes(const Napi::Array& from) {
    for (uint32_t index = 0; index < from.Length(); index++) data[index] = dataOf<T>(from.Get(index));
  }
};

template <typename T>
Napi::Value toRgb(const Napi::Object& from) {
  const Planes<T> planes(from.Get("planes").As<Napi::Array>());
  float* const rgb = dataOf<float>(from.Get("rgb"));
  const ColourLayout layout = layoutFrom(from);
  return startWork(from, [=] {
    planesToRgb<T>(ThreadPool::shared(), planes.data, layout, rgb);
    return kNothing;
  });
}

template <typename T>
Napi::Value fromRgb(const Napi::Object& from) {
  const Planes<T> planes(from.Get("planes").As<Napi::Array>());
  const float* const rgb = dataOf<float>(from.Get("rgb"));
  const ColourLayout layout = layoutFrom(from);
  return startWork(
      from, [=] { return static_cast<double>(rgbToPlanes<T>(ThreadPool::shared(), rgb, layout, planes.data)); });
}

bool isWideWork(const Napi::Object& from) { return isWide(from.Get("planes").As<Napi::Array>().Get(0u)); }

}  // namespace

Napi::Value startPlanesToRgb(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWideWork(from) ? toRgb<uint16_t>(from) : toRgb<uint8_t>(from);
}

Napi::Value startRgbToPlanes(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWideWork(from) ? fromRgb<uint16_t>(from) : fromRgb<uint8_t>(from);
}

}  // namespace clearcut

#include "../plane/bilinear.h"
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

}  // namespace

Napi::Value startResizeBilinear(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  BilinearWork work;
  work.source = dataOf<float>(from.Get("source"));
  work.planes = sizeOf(from, "planes");
  work.width = sizeOf(from, "width");
  work.height = sizeOf(from, "height");
  work.horizontal = axisFrom(from.Get("horizontal").As<Napi::Object>());
  work.vertical = axisFrom(from.Get("vertical").As<Napi::Object>());
  work.target = dataOf<float>(from.Get("target"));
  work.stride = sizeOf(from, "stride");
  work.rows = sizeOf(from, "rows");
  return startWork(from, [work] {
    resizeBilinear(ThreadPool::shared(), work);
    return kNothing;
  });
}

}  // namespace clearcut

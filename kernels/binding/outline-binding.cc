#include "../outline/kernel-table.h"
#include "../outline/outline.h"
#include "layer-binding.h"

namespace clearcut {

Napi::Value startSignedDistance(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  const OutlineKernel& kernel = kernelByName(outlineKernels(), from);
  DistanceWork work;
  work.polygons = dataOf<float>(from.Get("polygons"));
  work.count = from.Get("starts").As<Napi::TypedArray>().ElementLength() - 1;
  work.vertices = sizeOf(from, "vertices");
  work.starts = dataOf<int32_t>(from.Get("starts"));
  work.points = dataOf<float>(from.Get("points"));
  work.distances = dataOf<float>(from.Get("distances"));
  return startWork(from, [&kernel, work] {
    measureSignedDistances(ThreadPool::shared(), kernel, work);
    return kNothing;
  });
}

Napi::Value startRenderMatte(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  const OutlineKernel& kernel = kernelByName(outlineKernels(), from);
  MatteWork work;
  work.logits = dataOf<float>(from.Get("logits"));
  work.columns = sizeOf(from, "columns");
  work.rows = sizeOf(from, "rows");
  work.left = static_cast<float>(numberOf(from, "left"));
  work.top = static_cast<float>(numberOf(from, "top"));
  work.stepX = static_cast<float>(numberOf(from, "stepX"));
  work.stepY = static_cast<float>(numberOf(from, "stepY"));
  work.target = dataOf<uint8_t>(from.Get("target"));
  work.width = sizeOf(from, "width");
  work.height = sizeOf(from, "height");
  return startWork(from, [&kernel, work] {
    renderMatte(ThreadPool::shared(), kernel, work);
    return kNothing;
  });
}

}  // namespace clearcut

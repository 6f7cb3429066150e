#include <utility>
#include <vector>

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

Napi::Value startSubdivideGrids(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  const OutlineKernel& kernel = kernelByName(outlineKernels(), from);
  const auto list = from.Get("grids").As<Napi::Array>();
  std::vector<GridWork> grids;
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto one = list.Get(i).As<Napi::Object>();
    GridWork grid;
    grid.source = dataOf<float>(one.Get("source"));
    grid.side = sizeOf(one, "side");
    grid.target = dataOf<float>(one.Get("target"));
    grid.x0 = sizeOf(one, "x0");
    grid.y0 = sizeOf(one, "y0");
    grid.x1 = sizeOf(one, "x1");
    grid.y1 = sizeOf(one, "y1");
    grid.cells = dataOf<int32_t>(one.Get("cells"));
    grid.most = one.Get("cells").As<Napi::TypedArray>().ElementLength();
    grids.push_back(grid);
  }
  auto* const counts = dataOf<int32_t>(from.Get("counts"));
  return startWork(from, [&kernel, grids = std::move(grids), counts] {
    subdivideGrids(ThreadPool::shared(), kernel, grids, counts);
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

namespace {

PlacedMatte placedFrom(const Napi::Object& from) {
  PlacedMatte matte;
  matte.x = sizeOf(from, "x");
  matte.y = sizeOf(from, "y");
  matte.width = sizeOf(from, "width");
  matte.height = sizeOf(from, "height");
  matte.data = dataOf<uint8_t>(from.Get("data"));
  return matte;
}

}  // namespace

Napi::Value startSteadyMatte(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  SteadyWork work;
  work.now = placedFrom(from.Get("now").As<Napi::Object>());
  work.told = placedFrom(from.Get("told").As<Napi::Object>());
  work.mean = placedFrom(from.Get("mean").As<Napi::Object>());
  work.still = dataOf<uint8_t>(from.Get("still"));
  work.mapWidth = sizeOf(from, "mapWidth");
  work.columns = dataOf<int32_t>(from.Get("columns"));
  work.rows = dataOf<int32_t>(from.Get("rows"));
  work.width = from.Get("columns").As<Napi::TypedArray>().ElementLength();
  work.height = from.Get("rows").As<Napi::TypedArray>().ElementLength();
  work.weight = static_cast<int>(sizeOf(from, "weight"));
  work.target = dataOf<uint8_t>(from.Get("target"));
  work.targetMean = dataOf<uint8_t>(from.Get("targetMean"));
  return startWork(from, [work] {
    steadyMatte(ThreadPool::shared(), work);
    return kNothing;
  });
}

}  // namespace clearcut

#include "../guided-filter/guided-filter.h"

#include <utility>
#include <vector>

#include "addon.h"

namespace clearcut {

Napi::Value startGuideMattes(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  const auto list = from.Get("works").As<Napi::Array>();
  std::vector<GuidedWork> works;
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto one = list.Get(i).As<Napi::Object>();
    GuidedWork work;
    work.picture = dataOf<float>(one.Get("picture"));
    work.pictureWidth = sizeOf(one, "pictureWidth");
    work.pictureHeight = sizeOf(one, "pictureHeight");
    work.small = dataOf<float>(one.Get("small"));
    work.smallStride = sizeOf(one, "smallStride");
    work.smallRows = one.Get("small").As<Napi::TypedArray>().ElementLength() / (3 * work.smallStride);
    work.smallWidth = sizeOf(one, "smallWidth");
    work.smallHeight = sizeOf(one, "smallHeight");
    work.cell = sizeOf(one, "cell");
    work.x = sizeOf(one, "x");
    work.y = sizeOf(one, "y");
    work.width = sizeOf(one, "width");
    work.height = sizeOf(one, "height");
    work.matte = dataOf<uint8_t>(one.Get("matte"));
    works.push_back(work);
  }
  return startWork(from, [works = std::move(works)] {
    guideMattes(ThreadPool::shared(), works);
    return kNothing;
  });
}

}  // namespace clearcut

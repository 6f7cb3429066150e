#include "../compositing/compositing.h"
#include "addon.h"

namespace clearcut {
namespace {

Region regionFrom(const Napi::Object& from) {
  return {sizeOf(from, "x"), sizeOf(from, "y"), sizeOf(from, "width"), sizeOf(from, "height")};
}

CoveredRegion coveredFrom(const Napi::Object& from) {
  CoveredRegion region;
  static_cast<Region&>(region) = regionFrom(from);
  region.cover = dataOf<uint8_t>(from.Get("cover"));
  return region;
}

template <typename T>
PlaneView<T> planeFrom(const Napi::Value& value) {
  const auto from = value.As<Napi::Object>();
  return {dataOf<T>(from.Get("codes")), sizeOf(from, "width"), sizeOf(from, "height")};
}

FieldView fieldFrom(const Napi::Value& value) {
  const auto from = value.As<Napi::Object>();
  return {dataOf<float>(from.Get("values")), sizeOf(from, "width"), sizeOf(from, "height"), sizeOf(from, "step")};
}

bool isWidePlane(const Napi::Value& plane) { return isWide(plane.As<Napi::Object>().Get("codes")); }

template <typename T>
Napi::Value paintFrom(const Napi::Object& from) {
  const auto plane = planeFrom<T>(from.Get("plane"));
  const CoveredRegion matte = coveredFrom(from.Get("matte").As<Napi::Object>());
  const double code = numberOf(from, "code");
  const double opacity = numberOf(from, "opacity");
  return startWork(from, [=] {
    paint(ThreadPool::shared(), plane, matte, code, opacity);
    return kNothing;
  });
}

template <typename T>
Napi::Value knownFrom(const Napi::Object& from) {
  const auto plane = planeFrom<T>(from.Get("plane"));
  const CoveredRegion matte = coveredFrom(from.Get("matte").As<Napi::Object>());
  const uint8_t* const shows = dataOf<uint8_t>(from.Get("shows"));
  const FieldView field = fieldFrom(from.Get("field"));
  return startWork(from, [=] { return knownField(ThreadPool::shared(), plane, matte, shows, field) ? 1.0 : 0.0; });
}

template <typename T>
Napi::Value uncoverFrom(const Napi::Object& from) {
  const auto source = planeFrom<T>(from.Get("source"));
  const auto target = planeFrom<T>(from.Get("target"));
  const CoveredRegion matte = coveredFrom(from.Get("matte").As<Napi::Object>());
  const FieldView objects = fieldFrom(from.Get("objects"));
  const FieldView behind = fieldFrom(from.Get("behind"));
  const double most = numberOf(from, "most");
  return startWork(from, [=] {
    uncover(ThreadPool::shared(), source, target, matte, objects, behind, most);
    return kNothing;
  });
}

template <typename T>
Napi::Value backdropFrom(const Napi::Object& from) {
  const auto source = planeFrom<T>(from.Get("source"));
  const auto target = planeFrom<T>(from.Get("target"));
  const uint8_t* const cover = dataOf<uint8_t>(from.Get("cover"));
  const double most = numberOf(from, "most");
  const auto wanted = from.Get("fresh").As<Napi::Object>();
  Fresh<T> fresh;
  if (isGiven(wanted.Get("field"))) fresh.field = fieldFrom(wanted.Get("field"));
  else if (isGiven(wanted.Get("codes"))) fresh.codes = dataOf<T>(wanted.Get("codes"));
  else fresh.code = numberOf(wanted, "code");
  Old old;
  if (isGiven(from.Get("old"))) {
    const auto known = from.Get("old").As<Napi::Object>();
    old.field = fieldFrom(known.Get("field"));
    old.region = regionFrom(known.Get("region").As<Napi::Object>());
  }
  return startWork(from, [=] {
    backdrop(ThreadPool::shared(), source, target, cover, fresh, old, most);
    return kNothing;
  });
}

}  // namespace

Napi::Value startHalve(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  HalveWork work;
  work.source = dataOf<uint8_t>(from.Get("source"));
  work.width = sizeOf(from, "width");
  work.height = sizeOf(from, "height");
  work.target = dataOf<uint8_t>(from.Get("target"));
  work.lines = sizeOf(from, "lines");
  work.down = from.Get("down").As<Napi::Boolean>().Value();
  work.weights = dataOf<uint8_t>(from.Get("weights"));
  work.places = dataOf<int32_t>(from.Get("places"));
  return startWork(from, [=] {
    halve(ThreadPool::shared(), work);
    return kNothing;
  });
}

Napi::Value startPaint(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWidePlane(from.Get("plane")) ? paintFrom<uint16_t>(from) : paintFrom<uint8_t>(from);
}

Napi::Value startKnownField(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWidePlane(from.Get("plane")) ? knownFrom<uint16_t>(from) : knownFrom<uint8_t>(from);
}

Napi::Value startBlurField(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  const FieldView field = fieldFrom(from.Get("field"));
  const int32_t* const across = dataOf<int32_t>(from.Get("across"));
  const int32_t* const down = dataOf<int32_t>(from.Get("down"));
  return startWork(from, [=] {
    blurField(ThreadPool::shared(), field, across, down);
    return kNothing;
  });
}

Napi::Value startUncover(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWidePlane(from.Get("source")) ? uncoverFrom<uint16_t>(from) : uncoverFrom<uint8_t>(from);
}

Napi::Value startBackdrop(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  return isWidePlane(from.Get("source")) ? backdropFrom<uint16_t>(from) : backdropFrom<uint8_t>(from);
}

}  // namespace clearcut

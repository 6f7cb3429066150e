#include <memory>

#include "../dense-inverse-search/kernel-table.h"
#include "../dense-inverse-search/motion-session.h"
#include "layer-binding.h"

namespace clearcut {
namespace {

using SessionHandle = std::shared_ptr<MotionSession>;

SessionHandle sessionOf(const Napi::Object& from) {
  return *from.Get("session").As<Napi::External<SessionHandle>>().Data();
}

}  // namespace

Napi::Value createMotionSession(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  const MotionKernel& kernel = kernelByName(motionKernels(), from);
  try {
    auto* const handle = new SessionHandle(
        std::make_shared<MotionSession>(kernel, static_cast<int>(sizeOf(from, "width")),
                                        static_cast<int>(sizeOf(from, "height")), static_cast<int>(sizeOf(from, "finestScale"))));
    return Napi::External<SessionHandle>::New(info.Env(), handle, [](Napi::Env, SessionHandle* owned) { delete owned; });
  } catch (const std::bad_alloc&) {
    throw Napi::RangeError::New(info.Env(), "There is no memory for a motion session of this size.");
  }
}

Napi::Value disposeMotionSession(const Napi::CallbackInfo& info) {
  info[0].As<Napi::External<SessionHandle>>().Data()->reset();
  return info.Env().Undefined();
}

Napi::Value startEstimateMotion(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  const SessionHandle session = sessionOf(from);
  const float* const previous = isGiven(from.Get("previous")) ? dataOf<float>(from.Get("previous")) : nullptr;
  const float* const next = dataOf<float>(from.Get("next"));
  return startWork(from, [=] {
    if (previous == nullptr)
      session->advance(ThreadPool::shared(), next);
    else
      session->estimate(ThreadPool::shared(), previous, next);
    return kNothing;
  });
}

Napi::Value startWarpToTime(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  const SessionHandle session = sessionOf(from);
  const auto time = static_cast<float>(numberOf(from, "time"));
  WarpTargets targets;
  targets.warpedPrevious = dataOf<float>(from.Get("warpedPrevious"));
  targets.warpedNext = dataOf<float>(from.Get("warpedNext"));
  if (isGiven(from.Get("confidence"))) targets.confidence = dataOf<float>(from.Get("confidence"));
  return startWork(from, [=] {
    session->warpTo(ThreadPool::shared(), time, targets);
    return kNothing;
  });
}

}  // namespace clearcut

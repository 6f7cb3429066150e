#pragma once

#include <napi.h>

#include <functional>

namespace clearcut {

/** The adder kernels that this processor runs, fastest first: [{name, isa}]. */
Napi::Value listAdder2dKernels(const Napi::CallbackInfo& info);

// Each makes a layer ready; the result is a handle.
Napi::Value createAdder2d(const Napi::CallbackInfo& info);
Napi::Value createDynamicFilter2d(const Napi::CallbackInfo& info);
Napi::Value createPointHead(const Napi::CallbackInfo& info);
Napi::Value createQuantizedConv2d(const Napi::CallbackInfo& info);
Napi::Value createSubpixelConv2d(const Napi::CallbackInfo& info);
Napi::Value disposeLayer(const Napi::CallbackInfo& info);

/** Runs an array of steps; a promise of nothing. */
Napi::Value startSteps(const Napi::CallbackInfo& info);

// A session holds what frames of one size need; the result is a handle.
Napi::Value createMotionSession(const Napi::CallbackInfo& info);
Napi::Value disposeMotionSession(const Napi::CallbackInfo& info);
Napi::Value startEstimateMotion(const Napi::CallbackInfo& info);
Napi::Value startWarpToTime(const Napi::CallbackInfo& info);

Napi::Value startSignedDistance(const Napi::CallbackInfo& info);
Napi::Value startSubdivideGrids(const Napi::CallbackInfo& info);
Napi::Value startSteadyMatte(const Napi::CallbackInfo& info);
Napi::Value startRenderMatte(const Napi::CallbackInfo& info);
Napi::Value startGuideMattes(const Napi::CallbackInfo& info);

Napi::Value startResizeBilinear(const Napi::CallbackInfo& info);
Napi::Value startResizeBicubic(const Napi::CallbackInfo& info);
Napi::Value startPlaneToFloat(const Napi::CallbackInfo& info);
/** A promise of the number of values that are not finite. */
Napi::Value startFloatToPlane(const Napi::CallbackInfo& info);
Napi::Value startPlanesToRgb(const Napi::CallbackInfo& info);
/** A promise of the number of pixels that are not finite. */
Napi::Value startRgbToPlanes(const Napi::CallbackInfo& info);
Napi::Value startFindStill(const Napi::CallbackInfo& info);
Napi::Value startKeepStill(const Napi::CallbackInfo& info);

Napi::Value startHalve(const Napi::CallbackInfo& info);
Napi::Value startPaint(const Napi::CallbackInfo& info);
/** A promise of 1 where something is known, else 0. */
Napi::Value startKnownField(const Napi::CallbackInfo& info);
Napi::Value startBlurField(const Napi::CallbackInfo& info);
Napi::Value startUncover(const Napi::CallbackInfo& info);
Napi::Value startBackdrop(const Napi::CallbackInfo& info);

/** What work gives that has no result. */
constexpr double kNothing = -1;

/**
 * Runs `work` off the JavaScript thread. `keep` is held until it is done: the buffers that the work uses must
 * hang on it. The promise gives what `work` returns, undefined for kNothing.
 */
Napi::Value startWork(const Napi::Object& keep, std::function<double()> work);

/** The first byte of a typed array, which may look at part of an ArrayBuffer or SharedArrayBuffer. */
template <typename T>
T* dataOf(const Napi::Value& array) {
  void* data = nullptr;
  const napi_status status = napi_get_typedarray_info(array.Env(), array, nullptr, nullptr, &data, nullptr, nullptr);
  if (status != napi_ok) throw Napi::TypeError::New(array.Env(), "Expected a typed array.");
  return static_cast<T*>(data);
}

inline bool isGiven(const Napi::Value& value) { return !value.IsUndefined() && !value.IsNull(); }

inline double numberOf(const Napi::Object& object, const char* name) {
  return object.Get(name).As<Napi::Number>().DoubleValue();
}

inline size_t sizeOf(const Napi::Object& object, const char* name) {
  return static_cast<size_t>(object.Get(name).As<Napi::Number>().Int64Value());
}

inline bool isWide(const Napi::Value& array) {
  return array.As<Napi::TypedArray>().TypedArrayType() == napi_uint16_array;
}

}  // namespace clearcut

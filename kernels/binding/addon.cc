// What JavaScript sees of the addon. Arguments are checked by the TypeScript that calls it.

#include "addon.h"

#include <atomic>

#include "../cpu/features.h"
#include "../cpu/thread-pool.h"

namespace clearcut {
namespace {

/** Environments (the main thread, workers) that have loaded the addon. */
std::atomic<int> environments{0};

Napi::Value setThreads(const Napi::CallbackInfo& info) {
  ThreadPool::shared().setThreads(info[0].As<Napi::Number>().Uint32Value());
  return info.Env().Undefined();
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  environments++;
  // Threads must not outlive the library's code, which goes with the last environment.
  env.AddCleanupHook([] {
    if (--environments == 0) ThreadPool::shared().stop();
  });
  exports["hasDotProducts"] = Napi::Boolean::New(env, hasDotProducts());
  exports["setThreads"] = Napi::Function::New(env, setThreads);
  exports["adder2dKernels"] = Napi::Function::New(env, listAdder2dKernels);
  exports["createAdder2d"] = Napi::Function::New(env, createAdder2d);
  exports["createDynamicFilter2d"] = Napi::Function::New(env, createDynamicFilter2d);
  exports["createPointHead"] = Napi::Function::New(env, createPointHead);
  exports["createQuantizedConv2d"] = Napi::Function::New(env, createQuantizedConv2d);
  exports["createSubpixelConv2d"] = Napi::Function::New(env, createSubpixelConv2d);
  exports["disposeLayer"] = Napi::Function::New(env, disposeLayer);
  exports["runSteps"] = Napi::Function::New(env, startSteps);
  exports["createMotionSession"] = Napi::Function::New(env, createMotionSession);
  exports["disposeMotionSession"] = Napi::Function::New(env, disposeMotionSession);
  exports["estimateMotion"] = Napi::Function::New(env, startEstimateMotion);
  exports["warpToTime"] = Napi::Function::New(env, startWarpToTime);
  exports["signedDistance"] = Napi::Function::New(env, startSignedDistance);
  exports["subdivideGrids"] = Napi::Function::New(env, startSubdivideGrids);
  exports["steadyMatte"] = Napi::Function::New(env, startSteadyMatte);
  exports["renderMatte"] = Napi::Function::New(env, startRenderMatte);
  exports["guideMattes"] = Napi::Function::New(env, startGuideMattes);
  exports["resizeBilinear"] = Napi::Function::New(env, startResizeBilinear);
  exports["resizeBicubic"] = Napi::Function::New(env, startResizeBicubic);
  exports["planeToFloat"] = Napi::Function::New(env, startPlaneToFloat);
  exports["floatToPlane"] = Napi::Function::New(env, startFloatToPlane);
  exports["planesToRgb"] = Napi::Function::New(env, startPlanesToRgb);
  exports["rgbToPlanes"] = Napi::Function::New(env, startRgbToPlanes);
  exports["findStill"] = Napi::Function::New(env, startFindStill);
  exports["keepStill"] = Napi::Function::New(env, startKeepStill);
  exports["halve"] = Napi::Function::New(env, startHalve);
  exports["paint"] = Napi::Function::New(env, startPaint);
  exports["knownField"] = Napi::Function::New(env, startKnownField);
  exports["blurField"] = Napi::Function::New(env, startBlurField);
  exports["uncover"] = Napi::Function::New(env, startUncover);
  exports["backdrop"] = Napi::Function::New(env, startBackdrop);
  return exports;
}

NODE_API_MODULE(clearcut_kernels, init)

}  // namespace
}  // namespace clearcut

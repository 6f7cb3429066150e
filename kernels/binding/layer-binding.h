#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../cpu/step.h"
#include "addon.h"

namespace clearcut {

using LayerHandle = std::shared_ptr<const Layer>;

/** What TypeScript says of a step: its layer and its buffers. */
struct StepArguments {
  const LayerHandle& layer;
  const Napi::Object& from;
};

std::unique_ptr<const Step> adder2dStep(const StepArguments& step);
std::unique_ptr<const Step> dynamicFilter2dStep(const StepArguments& step);
std::unique_ptr<const Step> pointHeadStep(const StepArguments& step);
std::unique_ptr<const Step> quantizedConv2dStep(const StepArguments& step);
std::unique_ptr<const Step> subpixelConv2dStep(const StepArguments& step);

/** A handle that JavaScript holds. */
Napi::Value handleOf(const Napi::Env& env, LayerHandle layer);

/** The kernel called `name` of a table. */
template <typename Kernel>
const Kernel& kernelByName(const std::vector<const Kernel*>& table, const Napi::Object& options) {
  const std::string name = options.Get("kernel").As<Napi::String>();
  for (const Kernel* kernel : table)
    if (name == kernel->name && kernel->supported()) return *kernel;
  throw Napi::Error::New(options.Env(), "This processor does not run the kernel " + name + ".");
}

}  // namespace clearcut

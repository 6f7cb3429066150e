#include "layer-binding.h"

#include <utility>

namespace clearcut {
namespace {

struct Operator {
  const char* name;
  std::unique_ptr<const Step> (*step)(const StepArguments&);
};

constexpr Operator kOperators[] = {
    {"Adder2d", adder2dStep},
    {"DynamicFilter2d", dynamicFilter2dStep},
    {"PointHead", pointHeadStep},
    {"QuantizedConv2d", quantizedConv2dStep},
    {"SubpixelConv2d", subpixelConv2dStep},
};

std::unique_ptr<const Step> stepFrom(const Napi::Object& from) {
  const LayerHandle& layer = *from.Get("layer").As<Napi::External<LayerHandle>>().Data();
  if (!layer) throw Napi::Error::New(from.Env(), "Expected a layer that is not disposed of.");
  const std::string name = from.Get("operator").As<Napi::String>();
  for (const Operator& candidate : kOperators)
    if (name == candidate.name) return candidate.step({layer, from});
  throw Napi::Error::New(from.Env(), "There is no operator " + name + ".");
}

}  // namespace

Napi::Value handleOf(const Napi::Env& env, LayerHandle layer) {
  auto* const handle = new LayerHandle(std::move(layer));
  return Napi::External<LayerHandle>::New(env, handle, [](Napi::Env, LayerHandle* owned) { delete owned; });
}

Napi::Value disposeLayer(const Napi::CallbackInfo& info) {
  info[0].As<Napi::External<LayerHandle>>().Data()->reset();
  return info.Env().Undefined();
}

Napi::Value startSteps(const Napi::CallbackInfo& info) {
  const auto list = info[0].As<Napi::Array>();
  // Shared, as std::function must be copied.
  auto steps = std::make_shared<std::vector<std::unique_ptr<const Step>>>();
  for (uint32_t i = 0; i < list.Length(); i++) steps->push_back(stepFrom(list.Get(i).As<Napi::Object>()));
  return startWork(list, [steps = std::move(steps)] {
    runSteps(ThreadPool::shared(), *steps);
    return kNothing;
  });
}

}  // namespace clearcut

#include <memory>
#include <string>
#include <vector>

#include "../adder2d/adder2d.h"
#include "../adder2d/kernel-table.h"
#include "addon.h"

namespace clearcut {
namespace {

/** A layer stays while a handle or a run has it. */
using LayerHandle = std::shared_ptr<const Adder2dLayer>;

const Adder2dKernel& kernelByName(const Napi::Env& env, const std::string& name) {
  for (const Adder2dKernel* kernel : adder2dKernels())
    if (name == kernel->name && kernel->supported()) return *kernel;
  throw Napi::Error::New(env, "This processor does not run the kernel " + name + ".");
}

Activation activationByName(const std::string& name) {
  if (name == "relu") return Activation::relu;
  return name == "prelu" ? Activation::prelu : Activation::none;
}

Adder2dOptions optionsFrom(const Napi::Object& from) {
  Adder2dOptions options;
  options.cout = sizeOf(from, "cout");
  options.kernelHeight = sizeOf(from, "kH");
  options.kernelWidth = sizeOf(from, "kW");
  options.cin = sizeOf(from, "cin");
  options.weights = dataOf<uint8_t>(from.Get("w"));
  options.scale = dataOf<float>(from.Get("scale"));
  options.bias = dataOf<float>(from.Get("bias"));
  if (isGiven(from.Get("slope"))) options.slope = dataOf<float>(from.Get("slope"));
  options.padTop = sizeOf(from, "padTop");
  options.padLeft = sizeOf(from, "padLeft");
  options.padBottom = sizeOf(from, "padBottom");
  options.padRight = sizeOf(from, "padRight");
  options.strideHeight = sizeOf(from, "strideH");
  options.strideWidth = sizeOf(from, "strideW");
  options.padCode = static_cast<uint8_t>(sizeOf(from, "padCode"));
  options.epilogue.residualScale = static_cast<float>(numberOf(from, "residualScale"));
  options.epilogue.activation = activationByName(from.Get("activation").As<Napi::String>());
  options.epilogue.power = static_cast<float>(numberOf(from, "power"));
  options.epilogue.powerGain = static_cast<float>(numberOf(from, "powerGain"));
  options.epilogue.yZeroPoint = static_cast<int>(sizeOf(from, "yZeroPoint"));
  options.epilogue.toFloat = from.Get("to").As<Napi::String>().Utf8Value() == "float32";
  return options;
}

}  // namespace

Napi::Value listAdder2dKernels(const Napi::CallbackInfo& info) {
  Napi::Array list = Napi::Array::New(info.Env());
  for (const Adder2dKernel* kernel : adder2dKernels()) {
    if (!kernel->supported()) continue;
    Napi::Object row = Napi::Object::New(info.Env());
    row["name"] = kernel->name;
    row["isa"] = kernel->isa;
    list[list.Length()] = row;
  }
  return list;
}

Napi::Value createAdder2d(const Napi::CallbackInfo& info) {
  const auto options = info[0].As<Napi::Object>();
  const Adder2dKernel& kernel = kernelByName(info.Env(), options.Get("kernel").As<Napi::String>());
  auto* const handle = new LayerHandle(std::make_shared<const Adder2dLayer>(kernel, optionsFrom(options)));
  return Napi::External<LayerHandle>::New(info.Env(), handle, [](Napi::Env, LayerHandle* owned) { delete owned; });
}

Napi::Value disposeAdder2d(const Napi::CallbackInfo& info) {
  info[0].As<Napi::External<LayerHandle>>().Data()->reset();
  return info.Env().Undefined();
}

Napi::Value startAdder2d(const Napi::CallbackInfo& info) {
  const auto list = info[0].As<Napi::Array>();
  std::vector<LayerHandle> layers;
  std::vector<Adder2dStep> steps;
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto from = list.Get(i).As<Napi::Object>();
    const LayerHandle& layer = *from.Get("layer").As<Napi::External<LayerHandle>>().Data();
    if (!layer) throw Napi::Error::New(info.Env(), "Expected a layer that is not disposed of.");
    layers.push_back(layer);
    Adder2dStep step;
    step.layer = layer.get();
    step.x = dataOf<uint8_t>(from.Get("x"));
    step.images = sizeOf(from, "n");
    step.height = sizeOf(from, "h");
    step.width = sizeOf(from, "w");
    if (isGiven(from.Get("residual"))) step.residual = dataOf<uint8_t>(from.Get("residual"));
    step.y = dataOf<void>(from.Get("y"));
    steps.push_back(step);
  }
  return startWork(list, [layers = std::move(layers), steps = std::move(steps)] {
    runAdder2d(ThreadPool::shared(), steps);
    return kNothing;
  });
}

}  // namespace clearcut

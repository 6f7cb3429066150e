#include <new>
#include <utility>

#include "addon.h"

namespace clearcut {
namespace {

class Work : public Napi::AsyncWorker {
 public:
  Work(const Napi::Object& keep, std::function<double()> work)
      : Napi::AsyncWorker(keep.Env(), "clearcut-kernels"),
        deferred_(Napi::Promise::Deferred::New(keep.Env())),
        keep_(Napi::Persistent(keep)),
        work_(std::move(work)) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    try {
      result_ = work_();
    } catch (const std::bad_alloc&) {
      outOfMemory_ = true;
      SetError("There is no memory for the kernels' working buffers.");
    }
  }

  void OnOK() override {
    deferred_.Resolve(result_ == kNothing ? Env().Undefined() : Napi::Number::New(Env(), result_).As<Napi::Value>());
  }

  void OnError(const Napi::Error& error) override {
    // As JavaScript does for buffers that it can't allocate.
    deferred_.Reject(outOfMemory_ ? Napi::RangeError::New(Env(), error.Message()).Value() : error.Value());
  }

 private:
  Napi::Promise::Deferred deferred_;
  Napi::ObjectReference keep_;
  std::function<double()> work_;
  double result_ = kNothing;
  bool outOfMemory_ = false;
};

}  // namespace

Napi::Value startWork(const Napi::Object& keep, std::function<double()> work) {
  // Deletes itself when it is done.
  auto* const started = new Work(keep, std::move(work));
  const Napi::Promise promise = started->promise();
  started->Queue();
  return promise;
}

}  // namespace clearcut

#include "thread-pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace clearcut {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kChunksPerThread = 8;

// A step is often over before a sleeping thread could wake; longer would take the processor from others.
constexpr auto kSpin = std::chrono::microseconds(20);

void pause() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__) && !defined(_MSC_VER)
  asm volatile("yield");
#endif
}

}  // namespace

uint8_t* Scratch::bytes(size_t count) {
  if (memory_.size() < count + kAlignment) memory_.resize(count + kAlignment);
  const auto address = reinterpret_cast<uintptr_t>(memory_.data());
  return memory_.data() + (kAlignment - address % kAlignment) % kAlignment;
}

Job::Job(const std::vector<size_t>& chunksOfSteps, Work work, Waits waits)
    : steps_(new Step[chunksOfSteps.size()]),
      stepCount_(chunksOfSteps.size()),
      work_(std::move(work)),
      waits_(std::move(waits)) {
  for (size_t i = 0; i < stepCount_; i++) {
    steps_[i].chunks = chunksOfSteps[i];
    steps_[i].finished.reset(new std::atomic<bool>[chunksOfSteps[i]]());
  }
}

void Job::participate() {
  Scratch scratch;
  for (size_t index = 0; index < stepCount_; index++) {
    Step& step = steps_[index];
    for (size_t chunk = step.next.fetch_add(1); chunk < step.chunks; chunk = step.next.fetch_add(1)) {
      try {
        waitForEarlier(index, chunk);
        if (!failed_.load()) work_(index, chunk, scratch);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!failed_.exchange(true)) error_ = std::current_exception();
      }
      finishChunk(step, chunk);
    }
  }
  for (size_t index = 0; index < stepCount_; index++)
    wait([&] { return steps_[index].done.load() >= steps_[index].chunks; });
}

// What a chunk waits for was taken before it, by a thread that waits for still earlier ones at most: somebody
// always goes on.
void Job::waitForEarlier(size_t index, size_t chunk) {
  for (size_t earlier = 0; earlier < index; earlier++) {
    Step& step = steps_[earlier];
    if (step.done.load() >= step.chunks) continue;
    for (size_t other = 0; other < step.chunks; other++)
      if (!step.finished[other].load() && waits_(index, chunk, earlier, other))
        wait([&] { return step.finished[other].load(); });
  }
}

void Job::finishChunk(Step& step, size_t chunk) {
  step.finished[chunk].store(true);
  step.done.fetch_add(1);
  // One that counts itself after this look sees the chunk finished.
  if (waiting_.load() == 0) return;
  { const std::lock_guard<std::mutex> lock(mutex_); }
  chunkDone_.notify_all();
}

template <typename Condition>
void Job::wait(const Condition& condition) {
  if (condition()) return;
  const auto end = std::chrono::steady_clock::now() + kSpin;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return;
    pause();
  }
  std::unique_lock<std::mutex> lock(mutex_);
  waiting_.fetch_add(1);
  chunkDone_.wait(lock, condition);
  waiting_.fetch_sub(1);
}

void Job::rethrow() {
  if (failed_.load()) std::rethrow_exception(error_);
}

ThreadPool& ThreadPool::shared() {
  // Never destroyed: at the process's end its threads may still be there.
  static ThreadPool* const pool = new ThreadPool();
  return *pool;
}

void ThreadPool::setThreads(size_t count) { wanted_.store(std::max<size_t>(count, 1)); }

void ThreadPool::run(const std::vector<size_t>& chunksOfSteps, Job::Work work, Job::Waits waits) {
  const std::lock_guard<std::mutex> turn(callers_);
  const auto job = std::make_shared<Job>(chunksOfSteps, std::move(work), std::move(waits));
  const bool alone = std::all_of(chunksOfSteps.begin(), chunksOfSteps.end(), [](size_t n) { return n <= 1; });
  if (!alone) {
    resize(wanted_.load() - 1);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      job_ = job;
      jobNumber_++;
    }
    wake_.notify_all();
  }
  job->participate();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    job_.reset();
  }
  job->rethrow();
}

void ThreadPool::forRange(size_t count, size_t least,
                          const std::function<void(size_t from, size_t to, Scratch&)>& work) {
  const size_t length = chunkLength(count, threads(), least);
  run(
      {(count + length - 1) / length},
      [&](size_t, size_t chunk, Scratch& scratch) {
        work(chunk * length, std::min(count, (chunk + 1) * length), scratch);
      },
      {});
}

void ThreadPool::stop() {
  const std::lock_guard<std::mutex> turn(callers_);
  resize(0);
}

void ThreadPool::resize(size_t count) {
  if (workers_.size() > count) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
    stopping_ = false;
  }
  while (workers_.size() < count) workers_.emplace_back(&ThreadPool::serve, this, jobNumber_);
}

void ThreadPool::serve(size_t born) {
  size_t seen = born;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || jobNumber_ != seen; });
    if (stopping_) return;
    seen = jobNumber_;
    const std::shared_ptr<Job> job = job_;
    lock.unlock();
    // Late: the others may have finished it already, then it has no chunk left.
    if (job) job->participate();
    lock.lock();
  }
}

size_t chunkLength(size_t items, size_t threads, size_t least) {
  const size_t chunks = threads * kChunksPerThread;
  return std::max(least, (items + chunks - 1) / chunks);
}

}  // namespace clearcut

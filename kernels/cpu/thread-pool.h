#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace clearcut {

/** Working memory of one thread during one job; grows to what was asked for and is aligned to 64 bytes. */
class Scratch {
 public:
  uint8_t* bytes(size_t count);

 private:
  std::vector<uint8_t> memory_;
};

/**
 * Work in steps, each cut into chunks. Threads take chunks in order, those of one step after those of the step
 * before, and a chunk begins as soon as the earlier ones that it waits for are done: a thread that is held up
 * holds up only what needs its chunk.
 */
class Job {
 public:
  using Work = std::function<void(size_t step, size_t chunk, Scratch& scratch)>;
  /** Whether a chunk waits for one of an earlier step. */
  using Waits = std::function<bool(size_t step, size_t chunk, size_t earlierStep, size_t earlierChunk)>;

  Job(const std::vector<size_t>& chunksOfSteps, Work work, Waits waits);

  /** Takes chunks until none is left; returns when all are done, also those of other threads. */
  void participate();

  /** Throws what a chunk threw, if one did. */
  void rethrow();

 private:
  struct Step {
    size_t chunks = 0;
    std::unique_ptr<std::atomic<bool>[]> finished;
    std::atomic<size_t> next{0};
    std::atomic<size_t> done{0};
  };

  void waitForEarlier(size_t index, size_t chunk);
  void finishChunk(Step& step, size_t chunk);
  template <typename Condition>
  void wait(const Condition& condition);

  std::unique_ptr<Step[]> steps_;
  size_t stepCount_;
  Work work_;
  Waits waits_;
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;
  /** Threads that sleep until a chunk is done. */
  std::atomic<size_t> waiting_{0};
  std::mutex mutex_;
  std::condition_variable chunkDone_;
};

/** The threads that all kernels of the process share. They start with the first job that has use for them. */
class ThreadPool {
 public:
  static ThreadPool& shared();

  /** How many threads work on a job, the calling one included. */
  void setThreads(size_t count);
  size_t threads() const { return wanted_.load(); }

  /** Runs a job to its end on the calling thread and those of the pool. Jobs of several callers run in turn. */
  void run(const std::vector<size_t>& chunksOfSteps, Job::Work work, Job::Waits waits);

  /** Runs one step of `count` items in chunks of at least `least`; the work gets a range of items. */
  void forRange(size_t count, size_t least, const std::function<void(size_t from, size_t to, Scratch&)>& work);

  /** Ends the threads; the next job starts new ones. */
  void stop();

 private:
  void resize(size_t count);
  void serve(size_t born);

  std::atomic<size_t> wanted_{1};
  std::mutex callers_;
  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<Job> job_;
  size_t jobNumber_ = 0;
  bool stopping_ = false;
};

/** Rows or samples of a chunk: about eight chunks a thread, so that a thread that is held up doesn't hold up the rest. */
size_t chunkLength(size_t items, size_t threads, size_t least);

}  // namespace clearcut

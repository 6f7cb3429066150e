import type { Frame } from '../frames';

/**
 * Lets `source` run ahead of its consumer by at most `capacity` frames, so that the parts of the
 * pipeline overlap. Frames that are still queued when the consumer stops early are released, and
 * the source is closed. An error of the source reaches the consumer after the frames before it.
 */
export async function* buffered(source: AsyncIterable<Frame>, capacity: number): AsyncGenerator<Frame> {
  const iterator = source[Symbol.asyncIterator]();
  const queue: Frame[] = [];
  let ended = false;
  let stopped = false;
  let failure: { readonly error: unknown } | null = null;
  const wake = { consumer: noop, producer: noop };

  const produce = async (): Promise<void> => {
    try {
      while (!stopped) {
        const next = await iterator.next();
        if (next.done) break;
        if (stopped) {
          next.value.release();
          break;
        }
        queue.push(next.value);
        wake.consumer();
        while (queue.length >= capacity && !stopped)
          await new Promise<void>((resolve) => (wake.producer = resolve));
      }
    } catch (error) {
      failure = { error };
    } finally {
      ended = true;
      wake.consumer();
    }
  };

  const producing = produce();
  try {
    for (;;) {
      const frame = queue.shift();
      if (frame) {
        wake.producer();
        yield frame;
      } else if (ended) {
        const failed = failure as { readonly error: unknown } | null;
        if (failed) throw failed.error;
        return;
      } else {
        await new Promise<void>((resolve) => (wake.consumer = resolve));
      }
    }
  } finally {
    stopped = true;
    wake.producer();
    for (const frame of queue.splice(0)) frame.release();
    // The source may be waiting for a frame of a pool: releasing the queue lets it see that it should stop.
    await iterator.return?.();
    await producing;
    for (const frame of queue.splice(0)) frame.release();
  }
}

function noop(): void {
  // Nobody waits.
}

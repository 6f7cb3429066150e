import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { UserError, type EngineApi, type JobEvent, type JobRequest } from '../shared';
import { engineClientOver, serveEngine, type Channel, type EngineClient } from '.';

/** An engine that only knows its line: what runs jobs is tested on real clips. */
function answering(overrides: Partial<EngineApi>): EngineApi {
  const refuse = (): Promise<never> => Promise.reject(new Error('not asked here'));
  return {
    facts: refuse,
    models: refuse,
    gpus: refuse,
    probe: refuse,
    poster: refuse,
    frames: refuse,
    peaks: refuse,
    sound: refuse,
    plan: refuse,
    start: refuse,
    cancel: refuse,
    pause: refuse,
    unpause: refuse,
    evalSr: refuse,
    evalInterp: refuse,
    evalDeblur: refuse,
    evalSegment: refuse,
    evalMatte: refuse,
    evalTrack: refuse,
    bench: refuse,
    ...overrides,
  };
}

function connect(
  engine: EngineApi,
  lost: Promise<never> = new Promise(() => undefined),
): { client: EngineClient; tell: (event: JobEvent) => void; end: () => void } {
  const { port1, port2 } = new MessageChannel();
  const channel = (port: typeof port1): Channel => ({
    post: (message) => {
      port.postMessage(message);
    },
    on: (listener) => {
      port.on('message', listener);
    },
  });
  const events = serveEngine(channel(port1), engine);
  const client = engineClientOver(channel(port2), lost, () => Promise.resolve());
  return {
    client,
    tell: (event) => {
      events.onJobEvent(event);
    },
    end: () => {
      port1.close();
    },
  };
}

const request: JobRequest = {
  input: 'a.mp4',
  output: 'b.mp4',
  stages: [{ kind: 'enhance', scale: 2 }],
  codec: 'h264',
  backend: 'auto',
  overwrite: false,
  resume: true,
};

describe('the line between the engine and its clients', () => {
  it('carries calls, bytes and events', async () => {
    const { client, tell, end } = connect(
      answering({
        poster: async () => new Uint8Array([1, 2, 3]),
        start: async (job) => `job for ${job.input}`,
      }),
    );
    expect(await client.poster('a.mp4', 0, 320)).toEqual(new Uint8Array([1, 2, 3]));
    expect(await client.start(request)).toBe('job for a.mp4');
    const heard = new Promise<JobEvent>((resolve) => client.onJobEvent(resolve));
    tell({ type: 'cancelled', jobId: '7' });
    expect(await heard).toEqual({ type: 'cancelled', jobId: '7' });
    end();
  });

  it('carries errors with class and code', async () => {
    const { client, end } = connect(
      answering({ probe: () => Promise.reject(new UserError('no-such-file', 'There is no x.mp4.')) }),
    );
    const error = await client.probe('x.mp4').catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'no-such-file', message: 'There is no x.mp4.' });
    end();
  });

  it('refuses arguments that do not fit before the engine sees them', async () => {
    const { client, end } = connect(answering({ start: async () => 'never' }));
    const bad = { ...request, codec: 'mpeg1' } as unknown as JobRequest;
    await expect(client.start(bad)).rejects.toMatchObject({ code: 'bad-usage' });
    end();
  });

  it('rejects open and later calls when the engine is gone', async () => {
    let lose: (error: Error) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => (lose = reject));
    const { client, end } = connect(answering({ facts: () => new Promise(() => undefined) }), lost);
    const open = client.facts();
    lose(new UserError('engine-lost', 'The engine ended.'));
    await expect(open).rejects.toMatchObject({ code: 'engine-lost' });
    await expect(client.models()).rejects.toMatchObject({ code: 'engine-lost' });
    end();
  });
});

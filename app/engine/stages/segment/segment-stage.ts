import { MainObjects, type SavedMainObjects, type SegmentRequest, type SizedObject } from '../../../shared';
import {
  FramePool,
  ticksToSeconds,
  type Frame,
  type FrameInstances,
  type Plane,
  type PooledFrame,
  type Stage,
  type StageContext,
  type StagePlan,
  type StreamFormat,
  type Support,
} from '../../frames';
import { pictureCoding } from '../pictures';
import { choiceIdentity, chosenInstances } from './chosen-instances';
import { HeldFrames } from './held-frames';
import type { InstanceSource } from './instance-source';
import type { Instance } from './instances';
import { openSource } from './open-source';
import { RecordedSource } from './recorded-source';
import { createRenderer } from './render/create-renderer';
import type { Renderer } from './render/renderer';
import { readRestart, Restarts, type Restart } from './restarts';
import { Turn } from './turn';

/** Frames out at once: those queued before the encoder, one in its hands, one in the making. */
const FRAMES_OUT = 5;

interface Opened {
  readonly source: InstanceSource;
  readonly renderer: Renderer;
  readonly pool: FramePool;
  readonly input: StreamFormat;
  readonly coding: ReturnType<typeof pictureCoding>;
  readonly turn: Turn;
  readonly held: HeldFrames;
  readonly restarts: Restarts;
  readonly main: MainObjects;
}

/** What a run that goes on has to know. */
interface Saved {
  readonly source: unknown;
  readonly main: SavedMainObjects;
}

/** Finds objects, follows them, and makes of each frame what the request wants of them. */
export class Segment implements Stage {
  readonly request: SegmentRequest;
  #opened: Opened | null = null;
  /** Where an earlier run was, until the first frame that it had not looked at comes. */
  #before: Restart | null = null;
  /** Frames of an earlier run that the source will tell of first. */
  #foreign = 0;

  constructor(request: SegmentRequest) {
    this.request = request;
  }

  static supports(input: StreamFormat): Support {
    if (input.format.planes < 4) return { supported: true };
    return {
      supported: false,
      reason: 'Objects of a picture that is cut out already can not be cut out again.',
    };
  }

  async init(context: StageContext): Promise<StagePlan> {
    const { input, display } = context;
    const source = context.foundBefore
      ? new RecordedSource(context.foundBefore)
      : await openSource(this.request, context);
    const turn = new Turn(display.rotation, input.width, input.height);
    const renderer = await createRenderer(this.request, { input, display, turn });
    this.#opened = {
      source,
      renderer,
      pool: new FramePool(renderer.output, FRAMES_OUT),
      input,
      coding: pictureCoding(input),
      turn,
      held: new HeldFrames(input),
      restarts: new Restarts(),
      main: new MainObjects(),
    };
    return {
      output: renderer.output,
      window: { past: 1, future: source.lookahead },
      rate: 1,
      repaints: renderer.repaints,
      finds: true,
      identity: `segment ${renderer.identity} of ${choiceIdentity(this.request)} by ${source.identity}`,
      choice: source.choice,
      backend: source.backend,
    };
  }

  async *process(frame: Frame): AsyncGenerator<Frame> {
    const opened = this.#open();
    const { source, held, input, turn, coding, restarts, main } = opened;
    const { pts } = frame;
    let codes: Plane['data'][];
    try {
      if (this.#before && frame.pts < this.#before.pts) return;
      this.#remember(opened);
      const restartPts = restarts.note(frame, held.length + this.#foreign, (): Saved => ({
        source: source.save(),
        main: main.save(),
      }));
      codes = held.add(frame, restartPts).planes.map(({ data }) => data);
    } finally {
      frame.release();
    }
    const picture = { ...turn.shown, codes, coding, rotation: turn.rotation };
    yield* this.#made(await source.push(picture, ticksToSeconds(pts, input.timeBase)));
  }

  async *flush(): AsyncGenerator<Frame> {
    yield* this.#made(await this.#open().source.flush());
  }

  stateFor(restartPts: number): Uint8Array | null {
    return this.#open().restarts.stateFor(restartPts);
  }

  goOn(state: Uint8Array): void {
    this.#before = readRestart(state);
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.source.close();
  }

  /** Cuts before this frame were seen by the earlier run: only now may the source know what it knew. */
  #remember({ source, main }: Opened): void {
    if (!this.#before) return;
    const saved = this.#before.saved as Saved;
    source.restore(saved.source);
    main.restore(saved.main);
    this.#foreign = this.#before.pending;
    this.#before = null;
  }

  async *#made(told: readonly (readonly Instance[])[]): AsyncGenerator<Frame> {
    const { main } = this.#open();
    for (const instances of told) {
      // What an earlier run made frames of counts, too.
      const mainOnes = main.next(instances.map(sizeOf));
      if (this.#foreign > 0) this.#foreign--;
      else yield await this.#frameWith(instances, mainOnes);
    }
  }

  async #frameWith(instances: readonly Instance[], main: ReadonlySet<number>): Promise<Frame> {
    const { held: waiting, pool, renderer, input, turn, source } = this.#open();
    const { needsPictures } = source;
    const held = waiting.take();
    const { width, height, timeBase } = input;
    const seconds = ticksToSeconds(held.stamp.pts, timeBase);
    // What was found before is kept as pictures are stored, and was chosen then.
    const shown = { ...turn.shown, seconds };
    const chosen = needsPictures
      ? chosenInstances(this.request, instances, shown, main).map((instance) => turn.back.instance(instance))
      : chosenInstances({ instances: this.request.instances }, instances, shown, main);
    const found: FrameInstances = { width, height, time: seconds, instances: chosen };
    let frame: PooledFrame | null = null;
    try {
      frame = await pool.take({ ...held.stamp, found });
      await renderer.draw(held, found, frame);
      return frame;
    } catch (error) {
      frame?.release();
      throw error;
    } finally {
      waiting.giveBack(held);
    }
  }

  #open(): Opened {
    if (!this.#opened) throw new Error('Expected init before process.');
    return this.#opened;
  }
}

function sizeOf({ track, box }: Instance): SizedObject {
  return { track, width: box.x1 - box.x0, height: box.y1 - box.y0 };
}

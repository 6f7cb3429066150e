import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boxAt, type ContourDocument, type EngineFacts, type ModelManifest } from '../../../app/shared';
import { FakeHost, result } from '../../../tests/support/fake-host';
import { Workspace } from '../workspace';
import { FoundObjects } from './found-objects';

const [WIDTH, HEIGHT, RATE] = [640, 360, 25];

/** Boxes by frame, then track. */
function documentOf(
  frames: readonly Readonly<Record<number, readonly [number, number, number, number]>>[],
  more: (track: number, frame: number) => object = () => ({}),
): ContourDocument {
  return {
    info: { clearcut: { width: WIDTH, height: HEIGHT } },
    images: frames.map((_, frame) => ({ id: frame + 1, time: frame / RATE })),
    annotations: frames.flatMap((boxes, frame) =>
      Object.entries(boxes).map(([track, bbox]) => ({
        image_id: frame + 1,
        category_id: Number(track) === 2 ? 18 : 1,
        track_id: Number(track),
        segmentation: [[bbox[0], bbox[1], bbox[0] + bbox[2], bbox[1], bbox[0], bbox[1] + bbox[3]]],
        bbox,
        score: 0.8,
        confidence: 0.6,
        outlier: false,
        ...more(Number(track), frame),
      })),
    ),
  };
}

const still = [0, 0, 64, 36] as const;

describe('what a look found', () => {
  // The second object comes in the third frame and moves to the right.
  const frames = Array.from({ length: 10 }, (_, frame) => ({
    1: still,
    ...(frame < 2 ? {} : { 2: [100 + 10 * frame, 40, 60, 90] as const }),
  }));
  const found = new FoundObjects(
    documentOf(frames, (track, frame) =>
      track === 2 && frame === 5 ? { confidence: 1, outlier: true } : {},
    ),
    2,
  );

  it('is told object by object', () => {
    expect(found.tracks.map(({ track, className, frames }) => [track, className, frames])).toEqual([
      [1, 'person', 10],
      [2, 'dog', 8],
    ]);
    const dog = found.tracks[1]!;
    expect([dog.first, dog.last]).toEqual(
      [2 + 2 / RATE, 2 + 9 / RATE].map((moment) => expect.closeTo(moment, 9) as number),
    );
    expect(dog.score).toBeCloseTo(0.8, 9);
    expect(dog.outliers).toBeCloseTo(1 / 8, 9);
    expect(dog.strip).toEqual([null, null, 0.6, 0.6, 0.6, 1, 0.6, 0.6, 0.6, 0.6]);
  });

  it('knows what is seen at a moment of the video', () => {
    const tracksAt = (moment: number): number[] | undefined => found.at(moment)?.map(({ track }) => track);
    expect([2, 2.079, 2.0799999, 2.39].map(tracksAt)).toEqual([[1], [1, 2], [1, 2], [1, 2]]);
    expect([1.9, 3].map(tracksAt)).toEqual([undefined, undefined]);
  });

  it('gives paths in the time that a stage sees', () => {
    const [first, second] = found.paths((track) => track === 2, { firstSeconds: 0.5, stretch: 4 });
    expect([first?.chosen, first?.moments.length]).toEqual([false, 2]);
    expect(second?.chosen).toBe(true);
    // Straight from its first frame to its last.
    expect(second?.moments.map(({ time }) => time)).toEqual(
      [2, 9].map((frame) => expect.closeTo(4 * (2.5 + frame / RATE), 9) as number),
    );
    const half = boxAt(second!, 4 * (2.5 + 5.5 / RATE));
    expect(half?.x0).toBeCloseTo(155 / WIDTH, 9);
    expect(half?.y1).toBeCloseTo(130 / HEIGHT, 9);
  });

  it('may be nothing', () => {
    const nothing = new FoundObjects(documentOf([{}, {}]), 0);
    expect([
      nothing.tracks,
      nothing.at(0),
      nothing.paths(() => true, { firstSeconds: 0, stretch: 1 }),
    ]).toEqual([...[[], [], []]]);
  });
});

describe('objects in the window', () => {
  let host: FakeHost;
  let workspace: Workspace;
  const three = documentOf([
    { 1: still, 2: [200, 100, 50, 50], 3: [400, 100, 50, 50] },
    { 1: still, 2: [210, 100, 50, 50], 3: [400, 100, 50, 50] },
  ]);
  const holds = (document: ContourDocument): void => {
    host.made = new TextEncoder().encode(JSON.stringify(document));
  };
  const ends = async (look: number): Promise<void> => {
    await vi.waitFor(() => {
      expect(host.looks).toHaveLength(look);
    });
    host.tell({ type: 'done', jobId: `look ${look}`, result: result('/tmp/objects.json') });
  };
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    host = new FakeHost();
    host.found = {} as EngineFacts;
    host.installed = [
      { task: 'segment', classes: ['person', 'dog'].map((name, index) => ({ index, name, shown: true })) },
    ] as unknown as ModelManifest[];
    workspace = new Workspace(host);
    await workspace.begin();
    await workspace.files.choose();
    await workspace.edits.change(({ chain }) => {
      chain.kinds = ['segment'];
    });
    holds(three);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const find = async (look: number): Promise<void> => {
    vi.useRealTimers();
    const finding = workspace.edits.findObjects();
    await ends(look);
    await finding;
  };
  const chosenBoxes = (): (number | undefined)[] | undefined => {
    const stage = workspace.settings.stages?.[0];
    if (stage?.kind !== 'segment') throw new Error('Nothing is cut out.');
    return stage.objects
      ?.filter(({ chosen }) => chosen)
      .map(({ moments }) => Math.round(640 * (moments[0]?.x0 ?? 0)));
  };

  it('looks at the frame that stands still, once nothing has changed for a moment', async () => {
    const { source } = workspace;
    const { objects } = workspace.looks;
    workspace.player.seek(3);
    expect([objects.glancing, host.looks.length]).toEqual([true, 0]);
    vi.advanceTimersByTime(400);
    vi.useRealTimers();
    await ends(1);
    await vi.waitFor(() => {
      expect(objects.glance).toHaveLength(3);
    });
    expect(host.looks[0]).toEqual({
      ...{ input: '/videos/clip.mp4', classes: ['person'] },
      start: expect.closeTo(2.99, 9) as number,
      end: expect.closeTo(3.03, 9) as number,
    });
    expect([source.seconds, workspace.looks.showsObjects]).toEqual([3, true]);
    await workspace.edits.change(({ chain }) => {
      chain.remove('segment');
      chain.add('enhance');
    });
    expect([objects.glance, workspace.looks.showsObjects]).toEqual([null, false]);
  });

  it('has the choice back that was changed, and what was found back where other settings had dropped it', async () => {
    await find(1);
    const { looks, edits } = workspace;
    const { found } = looks.objects;
    for (const track of [2, 3])
      await edits.chooseObjects((all) => {
        all.toggle(track);
      });
    expect(chosenBoxes()).toEqual([0]);
    await workspace.undo();
    expect([chosenBoxes(), workspace.redoable?.name]).toEqual([[0, 400], 'objects']);
    await edits.change(({ segment }) => (segment.classes = ['dog']));
    expect([looks.objects.found, chosenBoxes()]).toEqual([null, undefined]);
    await workspace.undo();
    expect([looks.objects.found, chosenBoxes()]).toEqual([found, [0, 400]]);
    await workspace.undo();
    expect([looks.objects.found, chosenBoxes()]).toEqual([found, undefined]);
    await workspace.redo();
    expect(chosenBoxes()).toEqual([0, 400]);
    await workspace.files.open(['/videos/other.mp4']);
    expect([looks.objects.found, workspace.undoable?.name]).toEqual([null, 'steps']);
  });

  it('follows what is exported, and uses all of it until something is chosen', async () => {
    workspace.player.inPoint = 1;
    workspace.player.outPoint = 2;
    await find(1);
    expect(host.looks[0]).toMatchObject({ start: 1, end: 2.02 });
    const { objects } = workspace.looks;
    expect(objects.found?.tracks).toHaveLength(3);
    expect(chosenBoxes()).toBeUndefined();
    await workspace.edits.chooseObjects((all) => {
      all.toggle(2);
    });
    expect(chosenBoxes()).toEqual([0, 400]);
    await workspace.edits.chooseObjects((all) => {
      all.toggle(1);
      all.toggle(3);
    });
    expect([objects.chosen?.size, workspace.exports.ready]).toEqual([0, false]);
    await workspace.edits.chooseObjects((all) => {
      all.toggle(3);
    });
    expect(chosenBoxes()).toEqual([400]);
    await workspace.edits.chooseObjects((all) => {
      all.chooseAll();
    });
    expect(chosenBoxes()).toBeUndefined();
    await vi.waitFor(() => {
      expect(objects.pictures.size).toBe(3);
    });
  });

  it('begins with the main ones where only these are used', async () => {
    holds(documentOf([{ 1: still, 2: [200, 100, 50, 50], 3: [400, 100, 20, 20] }]));
    await find(1);
    const { objects } = workspace.looks;
    const checked = (): number[] =>
      [1, 2, 3].filter((track) => objects.isChosen(track, workspace.settings.segment.mainOnly));
    const toggle = (track: number): Promise<void> =>
      workspace.edits.chooseObjects((all) => {
        all.toggle(track, workspace.settings.segment.mainOnly);
      });
    await workspace.edits.useMainObjects(true);
    expect([checked(), chosenBoxes()]).toEqual([[1, 2], undefined]);
    await toggle(3);
    expect([checked(), chosenBoxes()]).toEqual([
      [1, 2, 3],
      [0, 200, 400],
    ]);
    await toggle(3);
    expect([checked(), chosenBoxes()]).toEqual([[1, 2], undefined]);
    await workspace.edits.useMainObjects(false);
    expect(checked()).toEqual([1, 2, 3]);
    await workspace.undo();
    expect(checked()).toEqual([1, 2]);
  });

  it('tells the choice in the time that the chain makes', async () => {
    await find(1);
    await workspace.edits.chooseObjects((all) => {
      all.toggle(1);
    });
    const times = (): (number | undefined)[] => {
      const stage = workspace.settings.stages?.find(({ kind }) => kind === 'segment');
      return stage?.kind === 'segment' ? (stage.objects?.[1]?.moments.map(({ time }) => time) ?? []) : [];
    };
    expect(times()).toEqual([0, 1 / RATE]);
    await workspace.edits.change(({ chain }) => {
      chain.kinds = ['slow', 'segment'];
    });
    expect(times()).toEqual([0, 4 / RATE]);
    await workspace.edits.change(({ motion }) => (motion.slow = 2));
    expect(times()).toEqual([0, 2 / RATE]);
    await workspace.edits.change(({ chain }) => {
      chain.move('segment', -1);
    });
    expect(times()).toEqual([0, 1 / RATE]);
  });

  it('forgets a choice with other classes and other files, and says where it does not reach', async () => {
    workspace.player.outPoint = 0.04;
    await find(1);
    await workspace.edits.chooseObjects((all) => {
      all.toggle(1);
    });
    expect(workspace.looks.choice.elsewhere).toBe(false);
    workspace.player.outPoint = 4;
    expect(workspace.looks.choice.elsewhere).toBe(true);
    await workspace.edits.change(({ segment }) => (segment.output = 'blur'));
    expect(workspace.looks.objects.found).not.toBeNull();
    await workspace.edits.change(({ segment }) => (segment.classes = 'all'));
    expect([workspace.looks.objects.phase.name, chosenBoxes()]).toEqual(['idle', undefined]);
    await find(2);
    await workspace.edits.chooseObjects((all) => {
      all.toggle(1);
    });
    host.chosen = ['/videos/other.mp4'];
    await workspace.files.choose();
    expect([workspace.looks.objects.phase.name, chosenBoxes()]).toEqual(['idle', undefined]);
  });

  it('is about one file alone where many are exported', async () => {
    host.chosen = ['/videos/clip.mp4', '/videos/other.mp4'];
    await workspace.files.choose();
    await find(1);
    await workspace.edits.chooseObjects((all) => {
      all.toggle(1);
    });
    await workspace.exports.startAll();
    expect(host.requests.map(({ input, stages }) => [input, 'objects' in (stages[0] ?? {})])).toEqual([
      ['/videos/clip.mp4', true],
      ['/videos/other.mp4', false],
    ]);
  });

  it('can be stopped, and says why it failed', async () => {
    vi.useRealTimers();
    const { objects } = workspace.looks;
    const stopped = workspace.edits.findObjects();
    await vi.waitFor(() => {
      expect(host.looks).toHaveLength(1);
    });
    expect(objects.phase.name).toBe('finding');
    objects.clear();
    await vi.waitFor(() => {
      expect(host.calls).toContain('cancel look 1');
    });
    host.tell({ type: 'cancelled', jobId: 'look 1' });
    await stopped;
    expect(objects.phase.name).toBe('idle');
    const failing = workspace.edits.findObjects();
    await vi.waitFor(() => {
      expect(host.looks).toHaveLength(2);
    });
    const error = { code: 'damaged-input', message: 'It is damaged.' } as const;
    host.tell({ type: 'failed', jobId: 'look 2', error });
    await failing;
    expect(objects.phase).toMatchObject({ name: 'failed', error });
  });
});

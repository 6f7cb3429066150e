import { beforeEach, describe, expect, it } from 'vitest';
import {
  findPreset,
  type EngineFacts,
  type JobRequest,
  type ModelManifest,
  type StageRequest,
} from '../../../app/shared';
import { FakeHost, info } from '../../../tests/support/fake-host';
import { Workspace } from '../workspace';

const network = (...names: readonly string[]): ModelManifest =>
  ({
    task: 'segment',
    classes: [
      ...names.map((name, index) => ({ index, name, shown: true })),
      { index: 79, name: 'toothbrush', shown: false },
    ],
  }) as unknown as ModelManifest;

describe('cutting out', () => {
  let host: FakeHost;
  let workspace: Workspace;
  const stage = (): StageRequest | undefined => workspace.settings.stages?.at(-1);
  const begin = async (...models: readonly ModelManifest[]): Promise<void> => {
    host.found = {} as EngineFacts;
    host.installed = models;
    await workspace.begin();
    await workspace.files.choose();
  };
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('is absent where no network finds objects', async () => {
    await begin();
    expect(workspace.settings.missing(info('x'))).not.toContain('segment');
    expect(workspace.settings.presets.map(({ name }) => name)).not.toContain('cut-out-people');
  });

  it('stands last, and makes outlines of people to begin with', async () => {
    await begin(network('person', 'dog'));
    expect(workspace.settings.missing(info('x'))).toContain('segment');
    await workspace.edits.change(({ chain }) => {
      chain.add('segment');
    });
    expect(workspace.settings.chain.kinds).toEqual(['enhance', 'segment']);
    expect(stage()).toEqual({ kind: 'segment', classes: ['person'], output: 'overlay' });
    expect(workspace.settings.segment.knownClasses).toEqual(['person', 'dog']);
    expect(workspace.destination.name).toBe('clip-clearcut-2x-outlines.mp4');
  });

  it('leaves passers-by out where that is wished, in presets, too', async () => {
    await begin(network('person'));
    await workspace.edits.change(({ chain }) => {
      chain.kinds = ['segment'];
    });
    await workspace.edits.useMainObjects(true);
    expect(stage()).toMatchObject({ instances: 'main' });
    const kept = workspace.settings.toPreset('main', 'Main');
    expect(kept).toMatchObject({ segment: ['person'], instances: 'main' });
    await workspace.edits.useMainObjects(false);
    expect(stage()).not.toHaveProperty('instances');
    expect(workspace.undoable).not.toBeNull();
    workspace.settings.usePreset(kept);
    expect(stage()).toMatchObject({ instances: 'main' });
  });

  it('says of each result what it needs', async () => {
    await begin(network('person'));
    const { segment, chain } = workspace.settings;
    await workspace.edits.change(() => {
      chain.kinds = ['segment'];
      segment.output = 'blur';
      segment.blurRadius = 12;
      segment.feather = 3;
      segment.perInstance = true;
      segment.contours = 'json';
    });
    const common = { kind: 'segment', classes: ['person'] };
    expect(stage()).toEqual({ ...common, output: 'blur', blurRadius: 12, feather: 3, contours: 'json' });
    await workspace.edits.change(() => (segment.blurRadius = 0));
    expect([segment.numbersMakeSense, workspace.exports.ready]).toEqual([false, false]);
    await workspace.edits.change(() => (segment.output = 'replace'));
    const green = { colour: { red: 0, green: 177, blue: 64 } };
    expect(stage()).toEqual({
      ...common,
      output: 'replace',
      background: green,
      feather: 3,
      contours: 'json',
    });
    await workspace.edits.change(() => (segment.background = null));
    expect(workspace.exports.ready).toBe(false);
    host.chosen = ['/pictures/beach.jpg'];
    await workspace.edits.chooseBackground();
    expect(stage()).toMatchObject({ background: { image: '/pictures/beach.jpg' } });
    await workspace.edits.change(() => (segment.output = 'json'));
    expect(stage()).toEqual({ ...common, output: 'json' });
    expect([segment.isDocument, workspace.destination.name]).toEqual([true, 'clip-clearcut-contours.json']);
    await workspace.edits.change(() => (segment.classes = []));
    expect(workspace.exports.ready).toBe(false);
  });

  it('takes a codec with transparency for cut-outs, and gives back the one that was set', async () => {
    await begin(network('person'));
    const { settings } = workspace;
    await workspace.edits.change(({ chain, segment }) => {
      settings.crf = 30;
      chain.kinds = ['segment'];
      segment.output = 'cutout';
    });
    expect([settings.codec, settings.codecs, workspace.destination.name]).toEqual([
      'prores',
      ['prores', 'vp9', 'ffv1'],
      'clip-clearcut-cutout.mov',
    ]);
    await workspace.edits.change(() => (settings.codec = 'vp9'));
    expect(workspace.destination.name).toBe('clip-clearcut-cutout.webm');
    await workspace.edits.change(({ segment }) => (segment.output = 'matte'));
    expect([settings.codec, settings.crf]).toEqual(['h264', 30]);
    await workspace.edits.change(() => {
      settings.usePreset(findPreset('cut-out-people')!);
    });
    expect([settings.codec, settings.preset?.name]).toEqual(['prores', 'cut-out-people']);
    await workspace.edits.change(({ segment }) => (segment.output = 'blur'));
    expect(settings.codec).toBe('prores');
  });

  it('leaves out of the midst of a chain what can’t stand there', async () => {
    await begin(network('person'));
    const { segment, chain } = workspace.settings;
    await workspace.edits.change(() => {
      segment.output = 'svg';
      chain.kinds = ['enhance', 'segment'];
    });
    expect(segment.output).toBe('svg');
    await workspace.edits.change(() => {
      chain.move('segment', -1);
    });
    expect(segment.output).toBe('overlay');
    const reasons = (): (string | null)[] =>
      segment.outputChoices.filter(({ reason }) => reason !== null).map(({ value }) => value);
    expect(reasons()).toEqual(['json', 'svg']);
    await workspace.edits.change(() => {
      chain.kinds = ['segment', 'slow'];
    });
    expect(reasons()).toEqual(['cutout', 'json', 'svg']);
  });

  it('forgets classes that no network here knows', async () => {
    await begin(network('person', 'dog'));
    await workspace.edits.change(({ chain, segment }) => {
      chain.kinds = ['segment'];
      segment.classes = ['dog', 'toothbrush'];
    });
    expect(workspace.settings.segment.classes).toEqual(['dog']);
  });

  it('takes over what a job says, with its choice and its picture, which no preset keeps', async () => {
    await begin(network('person'));
    const { settings } = workspace;
    const path = { chosen: true, moments: [{ time: 0, x0: 0, y0: 0, x1: 1, y1: 1 }] };
    const request = {
      kind: 'segment',
      ...{
        classes: 'all',
        output: 'replace',
        background: { image: '/a.png' },
        minScore: 0.5,
        quality: 'standard',
        objects: [path],
      },
    } as const satisfies JobRequest['stages'][number];
    settings.useRequest({ stages: [request], codec: 'h264' });
    expect(settings.stages).toEqual([request]);
    const preset = settings.toPreset('mine', 'Mine');
    expect(preset).toMatchObject({
      segment: 'all',
      output: 'replace',
      minScore: 0.5,
      segmentQuality: 'standard',
    });
    expect(preset).not.toHaveProperty('background');
    settings.usePreset(preset);
    expect([settings.segment.objects, settings.stages]).toEqual([null, null]);
    expect(settings.segment.quality).toBe('standard');
  });
});

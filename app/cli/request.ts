import {
  contourFormat,
  findPreset,
  MOST_NEW_FRAMES,
  PRESETS,
  segmentOf,
  SEGMENT_OUTPUTS,
  canHold,
  usualCodec,
  UserError,
  type Background,
  type Chroma,
  type Deinterlacing,
  type Fit,
  type FrameFactor,
  type InstanceChoice,
  type JobRequest,
  type MotionMethod,
  type Preset,
  type SegmentClasses,
  type SegmentOutput,
  type SlowSound,
  type StageRequest,
} from '../shared';
import { nearest } from './nearest';

type EnhanceRequest = Extract<StageRequest, { kind: 'enhance' }>;

/** What `run` is told, as commander gives it. */
export interface RunFlags {
  /** The file or folder to write. */
  readonly out: string;
  readonly enhance?: NonNullable<EnhanceRequest['scale']>;
  readonly quality?: NonNullable<EnhanceRequest['quality']>;
  readonly pace?: number;
  readonly fit?: Fit;
  readonly restore?: boolean;
  readonly interpolate?: FrameFactor;
  readonly slow?: FrameFactor;
  readonly slowSound?: SlowSound;
  readonly deblur?: boolean;
  readonly method?: MotionMethod;
  readonly segment?: SegmentClasses;
  /** What is made of the objects. */
  readonly output?: SegmentOutput;
  readonly instances?: InstanceChoice;
  readonly minScore?: number;
  readonly background?: Background;
  readonly blurRadius?: number;
  readonly feather?: number;
  readonly perInstance?: boolean;
  readonly contours?: string;
  readonly preset?: string;
  readonly codec?: JobRequest['codec'];
  readonly crf?: number;
  readonly bitrate?: number;
  readonly targetSize?: number;
  readonly start?: number;
  readonly end?: number;
  readonly deinterlace?: Deinterlacing;
  readonly chroma?: Chroma;
  readonly backend?: JobRequest['backend'];
  readonly overwrite?: boolean;
  readonly resume: boolean;
  readonly json?: boolean;
}

export type StageKind = StageRequest['kind'];

/** The kind of stage that an option belongs to, for those that ask for one. */
export const STAGE_OPTIONS: ReadonlyMap<string, StageKind> = new Map([
  ['enhance', 'enhance'],
  ['fit', 'enhance'],
  ['interpolate', 'interpolate'],
  ['slow', 'interpolate'],
  ['deblur', 'interpolate'],
  ['segment', 'segment'],
]);

/** Where the user says no order: new frames are made while pictures are still small, edges when they are as large as the result. */
const USUAL_ORDER: readonly StageKind[] = ['interpolate', 'enhance', 'segment'];

/**
 * The request that the flags mean: what is said outright comes before the preset, the preset before the defaults.
 * `said` holds the kinds of stage in the order of the command line.
 *
 * @throws UserError bad-usage
 */
export function toRequest(input: string, flags: RunFlags, said: readonly StageKind[] = []): JobRequest {
  const preset = flags.preset === undefined ? undefined : findPreset(flags.preset);
  if (flags.preset !== undefined && !preset) {
    const names = PRESETS.map(({ name }) => name);
    const meant = nearest(flags.preset, names);
    throw new UserError(
      'bad-usage',
      `There is no preset ${JSON.stringify(flags.preset)}${meant ? `, did you mean ${meant}?` : ':'} Choose one of ${names.join(', ')}.`,
    );
  }
  if (flags.start !== undefined && flags.end !== undefined && flags.end <= flags.start) {
    throw new UserError('bad-usage', `--end (${flags.end} s) must come after --start (${flags.start} s).`);
  }
  const stages = stagesOf(flags, preset, said);
  const codec = flags.codec ?? codecOf(preset, flags.out, stages);
  return {
    input,
    output: flags.out,
    stages,
    codec,
    ...rateOf(flags, preset, codec),
    ...(flags.start === undefined ? {} : { start: flags.start }),
    ...(flags.end === undefined ? {} : { end: flags.end }),
    ...(flags.deinterlace === undefined || flags.deinterlace === 'auto'
      ? {}
      : { deinterlace: flags.deinterlace }),
    ...(flags.chroma === 'keep' ? { chroma: flags.chroma } : {}),
    backend: flags.backend ?? preset?.backend ?? 'auto',
    overwrite: flags.overwrite ?? false,
    resume: flags.resume,
  };
}

/** What decides between size and quality. A preset's CRF is meant for its own codec. @throws UserError bad-usage */
function rateOf(
  { crf, bitrate, targetSize }: RunFlags,
  preset: Preset | undefined,
  codec: JobRequest['codec'],
): Pick<JobRequest, 'crf' | 'bitrate' | 'targetSize'> {
  const said = Object.entries({ crf, bitrate, targetSize }).filter(([, value]) => value !== undefined);
  if (said.length > 1)
    throw new UserError(
      'bad-usage',
      '--crf, --bitrate and --target-size say the same in different ways: pass one of them.',
    );
  if (said.length === 1) return Object.fromEntries(said);
  const itsOwn = codec === (preset?.codec ?? codec);
  return itsOwn && preset?.crf !== undefined ? { crf: preset.crf } : {};
}

/** A preset's, unless the result's container holds only others; of cut-outs that of the container, which has transparency in one alone. */
function codecOf(
  preset: Preset | undefined,
  out: string,
  stages: readonly StageRequest[],
): JobRequest['codec'] {
  const codec = preset?.codec;
  const usual = usualCodec(out, stages);
  if (codec === undefined || segmentOf(stages)?.output === 'cutout') return usual;
  // Folders and pictures name no container.
  return canHold(out, usual, stages) && !canHold(out, codec, stages) ? usual : codec;
}

function stagesOf(
  flags: RunFlags,
  preset: Preset | undefined,
  said: readonly StageKind[],
): readonly StageRequest[] {
  const wanted = {
    interpolate: interpolateRequest(flags, preset),
    enhance: enhanceRequest(flags, preset),
    segment: segmentRequest(flags, preset),
  };
  const stages = [...new Set([...said, ...USUAL_ORDER])]
    .map((kind) => wanted[kind])
    .filter((stage) => stage !== null);
  if (stages.length === 0)
    throw new UserError(
      'bad-usage',
      `Nothing to do: say what should become of it, for example --enhance 2, --fit 1920x1080, --interpolate 2, --segment person or --preset enhance-2x.`,
    );
  return stages;
}

/** @throws UserError bad-usage for wishes that need a size where none is said, or don't go together */
function enhanceRequest(flags: RunFlags, preset: Preset | undefined): StageRequest | null {
  const scale = flags.enhance ?? preset?.enhance;
  const fit = flags.fit ?? preset?.fit;
  const quality = flags.quality ?? preset?.quality;
  const moved = (flags.method ?? preset?.method) === 'motion' ? [] : motionOf(flags, preset);
  const meansOthers = [flags.segment ?? preset?.segment, ...moved].some(
    (wish) => wish !== undefined && wish !== false,
  );
  const pace = flags.pace ?? preset?.pace;
  const restore = flags.restore ?? preset?.restore;
  if (scale === undefined && fit === undefined) {
    const alone = restore
      ? '--restore'
      : quality && !meansOthers
        ? '--quality'
        : pace === undefined
          ? null
          : '--pace';
    if (alone === null) return null;
    throw new UserError(
      'bad-usage',
      `${alone} needs a size: say how large the result should be, for example --enhance 2 or --fit 1920x1080.`,
    );
  }
  if (pace !== undefined && quality !== undefined && quality !== 'auto') {
    throw new UserError(
      'bad-usage',
      `--pace is for --quality auto: leave one of --pace ${pace} and --quality ${quality} out.`,
    );
  }
  return {
    kind: 'enhance',
    ...(scale === undefined ? {} : { scale }),
    ...(fit === undefined ? {} : { fit }),
    ...(quality === undefined ? {} : { quality }),
    ...(pace === undefined ? {} : { pace }),
    ...(restore ? { restore } : {}),
  };
}

/** @throws UserError bad-usage for wishes that don't go together */
function interpolateRequest(flags: RunFlags, preset: Preset | undefined): StageRequest | null {
  const [factor, slow, deblur] = motionOf(flags, preset);
  const quality = flags.quality ?? preset?.motionQuality;
  const method = flags.method ?? preset?.method;
  const slowSound = flags.slowSound ?? preset?.slowSound;
  if (slowSound !== undefined && slow === undefined)
    throw new UserError(
      'bad-usage',
      '--slow-sound is for slow motion: add --slow 2, 4 or 8, or leave it out.',
    );
  if (factor === undefined && slow === undefined && !deblur) {
    if (method === undefined) return null;
    throw new UserError(
      'bad-usage',
      '--method says how frames are made: add --interpolate, --slow or --deblur, or leave it out.',
    );
  }
  if ((factor ?? 1) * (slow ?? 1) > MOST_NEW_FRAMES)
    throw new UserError(
      'bad-usage',
      `--interpolate ${factor} and --slow ${slow} would make ${(factor ?? 1) * (slow ?? 1)} frames of one: at most ${MOST_NEW_FRAMES} can be made.`,
    );
  if (deblur && method === 'motion')
    throw new UserError(
      'bad-usage',
      '--deblur needs a network: leave out --method motion, or leave out --deblur.',
    );
  return {
    kind: 'interpolate',
    ...(factor === undefined ? {} : { factor }),
    ...(slow === undefined ? {} : { slow }),
    ...(slowSound === undefined ? {} : { slowSound }),
    ...(deblur ? { deblur } : {}),
    ...(method === undefined ? {} : { method }),
    // Motion alone has no network: in a chain the flag means the others'.
    ...(quality === undefined || quality === 'auto' || method === 'motion' ? {} : { quality }),
  };
}

/** The wishes that motion is worked on for. */
function motionOf({ interpolate, slow, deblur }: RunFlags, preset: Preset | undefined) {
  return [interpolate ?? preset?.interpolate, slow ?? preset?.slow, deblur ?? preset?.deblur] as const;
}

/** Options that say how objects are cut out. */
const SEGMENT_FLAGS = [
  ['output', '--output'],
  ['instances', '--instances'],
  ['minScore', '--min-score'],
  ['background', '--background'],
  ['blurRadius', '--blur-radius'],
  ['feather', '--feather'],
  ['perInstance', '--per-instance'],
  ['contours', '--contours'],
] as const satisfies readonly (readonly [keyof RunFlags, string])[];

/** Options that change one kind of result alone, and which. */
const ONLY_FOR: Readonly<Partial<Record<(typeof SEGMENT_FLAGS)[number][0], readonly SegmentOutput[]>>> = {
  background: ['replace'],
  blurRadius: ['blur'],
  feather: ['cutout', 'matte', 'blur', 'replace'],
  perInstance: ['cutout', 'matte'],
};

/** @throws UserError bad-usage for wishes that don't go together */
function segmentRequest(flags: RunFlags, preset: Preset | undefined): StageRequest | null {
  const segment = flags.segment ?? preset?.segment;
  const given = SEGMENT_FLAGS.filter(([name]) => flags[name] !== undefined);
  if (segment === undefined) {
    const [first] = given;
    if (!first) return null;
    throw new UserError(
      'bad-usage',
      `${first[1]} is for cutting out: say which objects, for example --segment person, or leave it out. (The file to write is named by -o.)`,
    );
  }
  const output = flags.output ?? contourFormat(flags.out) ?? preset?.output ?? 'overlay';
  // What a preset says of its own kind of result means nothing for another.
  const own = output === preset?.output ? preset : undefined;
  const background = flags.background ?? own?.background;
  const blurRadius = flags.blurRadius ?? own?.blurRadius;
  const feather = flags.feather ?? own?.feather;
  const perInstance = flags.perInstance ?? own?.perInstance;
  const minScore = flags.minScore ?? preset?.minScore;
  const quality = flags.quality ?? preset?.segmentQuality;
  const contours = flags.contours ?? preset?.contours;
  const instances = flags.instances ?? preset?.instances;
  for (const [name, flag] of given) {
    const outputs = ONLY_FOR[name];
    if (outputs && !outputs.includes(output))
      throw new UserError(
        'bad-usage',
        `${flag} does nothing for --output ${output}: it is for ${listOf(outputs)}.`,
      );
  }
  if (output === 'replace' && background === undefined)
    throw new UserError(
      'bad-usage',
      '--output replace needs something to put behind: add --background with a colour (#202020) or an image.',
    );
  return {
    kind: 'segment',
    classes: segment,
    output,
    ...(instances === undefined || instances === 'all' ? {} : { instances }),
    ...(minScore === undefined ? {} : { minScore }),
    ...(quality === undefined || quality === 'auto' ? {} : { quality }),
    ...(background === undefined ? {} : { background }),
    ...(blurRadius === undefined ? {} : { blurRadius }),
    ...(feather ? { feather } : {}),
    ...(perInstance ? { perInstance } : {}),
    ...(contours === undefined ? {} : { contours }),
  };
}

function listOf(outputs: readonly SegmentOutput[]): string {
  const known = SEGMENT_OUTPUTS.filter((one) => outputs.includes(one));
  const last = known.pop() ?? '';
  return `--output ${known.length > 0 ? `${known.join(', ')} or ` : ''}${last}`;
}

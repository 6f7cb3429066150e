import type { Command } from 'commander';
import {
  minScoreOption,
  segmentQualityOption,
  type EvalMatteRequest,
  type EvalMatteResult,
  type EvalSegmentRequest,
  type EvalSegmentResult,
  type EvalTrackRequest,
  type EvalTrackResult,
  type MaskScore,
  type SegmentScore,
  type SequenceStatistics,
  type Steadiness,
  type TrackScore,
} from '../shared';
import { optionOf } from './option';
import { table } from './output';
import { report } from './report';

/** Flags beside what is measured on. */
type Flags<Request, Place extends keyof Request> = Omit<Request, Place> & { readonly json?: boolean };

/** `clearcut eval segment`. */
export function addEvalSegment(evaluate: Command): void {
  evaluate
    .command('segment')
    .description('Cut-outs: every object against COCO annotations, by average precision')
    .argument('<annotations>', 'instance annotations in COCO’s format (JSON)')
    .argument('<images>', 'folder of the pictures that they name')
    .option('--model <name>', 'network by name')
    .addOption(optionOf(segmentQualityOption))
    .option('--detections <file>', 'score these (COCO’s format of results) in place of the network')
    .option('--json', 'machine-readable on stdout')
    .addHelpText(
      'after',
      `
AP: mean over overlaps from .5 to .95, read at 101 recalls, of the 100 surest objects of a class and picture. Mask: by IoU.
Boundary: by the lesser of IoU and Boundary IoU, that of bands of 2 % of the diagonal inside both edges.`,
    )
    .action(
      async (
        annotations: string,
        images: string,
        { json, ...wish }: Flags<EvalSegmentRequest, 'annotations' | 'images'>,
      ) => {
        await report((engine) => engine.evalSegment({ annotations, images, ...wish }), {
          json,
          describe: describeSegment,
        });
      },
    );
}

/** `clearcut eval matte`. */
export function addEvalMatte(evaluate: Command): void {
  evaluate
    .command('matte')
    .description('Cut-outs: people in photographs against masks')
    .argument('<dir>', 'holds images/ and masks/ of equal names, or an index.tsv (columns image, mask)')
    .option('--split <name>', 'only rows of the index whose column split says so')
    .option('--model <name>', 'network by name')
    .addOption(optionOf(segmentQualityOption))
    .addOption(optionOf(minScoreOption))
    .option(
      '--masks <dir>',
      'score the masks in this folder, by the pictures’ names, in place of the network',
    )
    .option('--flicker', 'measure how steady masks are under sensor noise, too')
    .option('--json', 'machine-readable on stdout')
    .addHelpText(
      'after',
      `
Union: of all people that were found. Main: of those that --instances main takes. Best: of those of them whose union fits
best, chosen greedily. Steady: mean IoU of the unions of the same photograph with fresh noise (σ 3 of 255), one after the
other; followed: the same as a video.`,
    )
    .action(async (directory: string, { json, ...wish }: Flags<EvalMatteRequest, 'directory'>) => {
      await report((engine) => engine.evalMatte({ directory, ...wish }), { json, describe: describeMatte });
    });
}

/** `clearcut eval track`. */
export function addEvalTrack(evaluate: Command): void {
  evaluate
    .command('track')
    .description('Cut-outs: an object followed through video against a mask in every frame')
    .argument('<dir>', 'holds frames/ and masks/ of equal names, or folders that do')
    .option('--model <name>', 'network by name')
    .addOption(optionOf(segmentQualityOption))
    .addOption(optionOf(minScoreOption))
    .option('--masks <dir>', 'score the masks in this folder, by the frames’ names, in place of the network')
    .option('--json', 'machine-readable on stdout')
    .addHelpText(
      'after',
      `
Best: the one track with the highest mean J. Together: the tracks whose union has it, chosen greedily. Union: all tracks.
J: IoU of masks. F: agreement of contours. Recall: share of the frames above .5. Decay: first quarter less last quarter.
Flicker: how much more or less masks change from frame to frame (IoU of neighbours) than the true ones.
Switches: how often the object comes under another number. Flagged: share of the best track's frames marked as outliers.`,
    )
    .action(async (directory: string, { json, ...wish }: Flags<EvalTrackRequest, 'directory'>) => {
      await report((engine) => engine.evalTrack({ directory, ...wish }), { json, describe: describeTrack });
    });
}

/** A line a class, and the means. */
function describeSegment({ annotations, images, method, classes, mean, speed }: EvalSegmentResult): string[] {
  const cells = ({ mask, boundary }: SegmentScore): string[] =>
    [mask.ap, mask.ap50, mask.ap75, boundary.ap, boundary.ap50].map(three);
  return [
    `Objects in ${images} images of ${annotations} by ${method}`,
    ...table([
      ['', 'objects', 'found', 'AP', 'AP50', 'AP75', 'boundary AP', 'AP50'],
      ...classes.map((one) => [one.name, String(one.objects), String(one.found), ...cells(one)]),
      ['mean', '', '', ...cells(mean)],
    ]),
    ...(speed
      ? [
          `${speed.framesPerSecond.toFixed(1)} frames a second (${Object.entries(speed.seconds)
            .map(([part, seconds]) => `${part} ${(1000 * seconds).toFixed(1)} ms`)
            .join(', ')})`,
        ]
      : []),
  ];
}

/** A line a picture, and the means. */
function describeMatte(result: EvalMatteResult): string[] {
  const { directory, split, method, pictures, mean, secondsPerFrame } = result;
  const cells = (score: MaskScore | null): string[] => [
    known(score?.iou ?? null),
    known(score?.boundaryIou ?? null),
  ];
  return [
    `People in ${pictures.length} pictures of ${directory}${split === null ? '' : ` (${split})`} by ${method}`,
    ...table([
      [
        '',
        'union IoU',
        'boundary',
        'main IoU',
        'boundary',
        'best IoU',
        'boundary',
        'people',
        'steady',
        'followed',
      ],
      ...pictures.map((one) => [
        one.name,
        ...cells(one.union),
        ...cells(one.main),
        ...cells(one.best),
        one.best === null ? '–' : String(one.people),
        ...steady(one.steadiness),
      ]),
      [
        'mean',
        ...cells(mean.union),
        ...cells(mean.main),
        ...cells(mean.best),
        '',
        ...steady(mean.steadiness),
      ],
    ]),
    ...(secondsPerFrame === null ? [] : [`${secondsPerFrame.toFixed(3)} s a picture`]),
  ];
}

/** Lines for each sequence: the best track, the best ones together, all. */
function describeTrack({ directory, method, sequences }: EvalTrackResult): string[] {
  const statistics = ({ mean, recall, decay }: SequenceStatistics): string[] =>
    [mean, recall, decay].map(three);
  const cells = ({ j, f, flicker }: TrackScore): string[] => [
    ...statistics(j),
    ...statistics(f),
    known(flicker, 4),
  ];
  return [
    `Objects followed through ${sequences.length} sequences of ${directory} by ${method}`,
    ...table([
      [
        '',
        'frames',
        'of',
        'J',
        'recall',
        'decay',
        'F',
        'recall',
        'decay',
        'flicker',
        'switches',
        'flagged',
        's/frame',
      ],
      ...sequences.flatMap(({ name, frames, best, together, union, switches, tracks, secondsPerFrame }) => {
        const facts = [name, String(frames)];
        const rest = [
          switches === null ? '–' : String(switches),
          known(best?.flagged ?? null),
          known(secondsPerFrame),
        ];
        return [
          best ? [...facts, `${best.className} ${best.track}`, ...cells(best), ...rest] : null,
          together ? [...facts, 'together', ...cells(together)] : null,
          [...facts, tracks === 0 ? 'union' : `all ${tracks}`, ...cells(union), ...(best ? [] : rest)],
        ].filter((row) => row !== null);
      }),
    ]),
  ];
}

function steady(score: Steadiness | null): string[] {
  return [known(score?.alone ?? null, 4), known(score?.followed ?? null, 4)];
}

function three(value: number): string {
  return value.toFixed(3);
}

function known(value: number | null, digits = 3): string {
  return value === null ? '–' : value.toFixed(digits);
}

import { COCO_CLASSES } from '../../../../shared';
import type { FoundRecord } from './found-record';
import { areaOf, shownFrames, shownSize, type ContourTarget, type ShownObject } from './shown-frames';

/** Version of what the document adds to COCO's format (docs/segmentation.md). */
const FORMAT = 1;

/** What is told of a track as a whole. */
interface TrackSummary {
  readonly category: number;
  readonly first: number;
  last: number;
  frames: number;
  scores: number;
}

/**
 * The contours as a document of COCO's format for instances: images are frames, annotations are
 * objects in them. In pieces, so that its length doesn't matter; the records are read twice.
 * @param classes names of the classes that were looked for, for `categories`; null for all
 */
export async function* cocoDocument(
  records: () => AsyncIterable<FoundRecord>,
  target: ContourTarget,
  classes: readonly string[] | null,
): AsyncGenerator<string> {
  const { width, height } = shownSize(target);
  const categories = COCO_CLASSES.filter(({ name }) => classes?.includes(name) ?? true);
  const head = {
    info: {
      description: `Contours of ${target.source}, found by Clearcut`,
      version: '1.0',
      clearcut: { format: FORMAT, source: target.source, width, height },
    },
    licenses: [],
    categories: categories.map(({ id, name }) => ({ id, name, supercategory: name })),
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"images":[`;
  let first = true;
  for await (const { index, time, duration } of shownFrames(records(), target)) {
    const image = {
      id: index + 1,
      file_name: `${target.source}#${index}`,
      width,
      height,
      frame: index,
      time: rounded(time, 1e6),
      ...(duration === null ? {} : { duration: rounded(duration, 1e6) }),
    };
    yield `${first ? '' : ','}\n${JSON.stringify(image)}`;
    first = false;
  }
  yield '\n],\n"annotations":[';
  const tracks = new Map<number, TrackSummary>();
  let id = 0;
  for await (const { index, objects } of shownFrames(records(), target))
    for (const object of objects) {
      id++;
      yield `${id === 1 ? '' : ','}\n${JSON.stringify(annotationOf(id, index + 1, object))}`;
      summarise(tracks, index, object);
    }
  yield '\n],\n"tracks":[';
  let separator = '';
  for (const [track, { category, first: begin, last, frames, scores }] of [...tracks].sort(
    ([a], [b]) => a - b,
  )) {
    const summary = {
      id: track,
      category_id: category,
      first_frame: begin,
      last_frame: last,
      frames,
      score: rounded(scores / frames, 1e4),
    };
    yield `${separator}\n${JSON.stringify(summary)}`;
    separator = ',';
  }
  yield '\n]}\n';
}

function annotationOf(id: number, image: number, object: ShownObject): object {
  const { polygons, box, track, score, confidence, outlier } = object;
  return {
    id,
    image_id: image,
    category_id: categoryOf(object),
    track_id: track,
    segmentation: polygons.map((polygon) => polygon.map((value) => rounded(value, 100))),
    bbox: box.map((value) => rounded(value, 100)),
    area: rounded(
      polygons.reduce((sum, polygon) => sum + areaOf(polygon), 0),
      100,
    ),
    iscrowd: 0,
    score,
    confidence,
    outlier,
  };
}

function summarise(tracks: Map<number, TrackSummary>, index: number, object: ShownObject): void {
  const known = tracks.get(object.track);
  if (known) {
    known.last = index;
    known.frames++;
    known.scores += object.score;
  } else {
    tracks.set(object.track, {
      category: categoryOf(object),
      first: index,
      last: index,
      frames: 1,
      scores: object.score,
    });
  }
}

function categoryOf({ classIndex }: ShownObject): number {
  return COCO_CLASSES[classIndex]?.id ?? 0;
}

function rounded(value: number, unit: number): number {
  return Math.round(value * unit) / unit;
}

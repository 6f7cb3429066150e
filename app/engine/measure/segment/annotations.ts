import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../../../shared';
import { parseRuns, regionOfPolygons, regionOfRuns } from './coco-mask';
import { EMPTY, type Region } from './region';

const segmentationSchema = z.union([
  /** Polygons, x and y by turns. */
  z.array(z.array(z.number())),
  /** Run lengths of columns, as numbers or compressed; size is height, width. */
  z.object({
    size: z.tuple([z.int().positive(), z.int().positive()]),
    counts: z.union([z.array(z.int().nonnegative()), z.string()]),
  }),
]);
type Segmentation = z.infer<typeof segmentationSchema>;

const annotationsSchema = z.object({
  images: z.array(
    z.object({
      id: z.int(),
      file_name: z.string().min(1),
      width: z.int().positive(),
      height: z.int().positive(),
    }),
  ),
  categories: z.array(z.object({ id: z.int(), name: z.string() })).min(1),
  annotations: z.array(
    z.object({
      image_id: z.int(),
      category_id: z.int(),
      iscrowd: z.union([z.literal(0), z.literal(1)]).optional(),
      segmentation: segmentationSchema,
    }),
  ),
});

const resultsSchema = z.array(
  z.object({
    image_id: z.int(),
    category_id: z.int(),
    score: z.number(),
    segmentation: segmentationSchema,
  }),
);

export interface Picture {
  readonly id: number;
  readonly file: string;
  readonly width: number;
  readonly height: number;
}

/** What stands in one picture, or was found there. */
export interface Labelled {
  readonly category: number;
  readonly region: Region;
}

export interface TrueObject extends Labelled {
  /** Several at once, not told apart. */
  readonly crowd: boolean;
}

export interface FoundObject extends Labelled {
  readonly score: number;
}

/** COCO's instance annotations of a set of pictures. */
export interface Annotations {
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly pictures: readonly Picture[];
  /** Pixels are made when they are asked for. */
  objectsOf(picture: Picture): TrueObject[];
}

/** Detections of some tool in COCO's format of results. */
export interface Results {
  foundIn(picture: Picture): FoundObject[];
}

/** @throws UserError no-such-file, unsupported-input */
export async function readAnnotations(path: string): Promise<Annotations> {
  const { images, categories, annotations } = await readJson(path, annotationsSchema, 'COCO annotations');
  const pictures = images.map(({ id, file_name: file, width, height }) => ({ id, file, width, height }));
  const byPicture = grouped(annotations, path, pictures);
  return {
    categories,
    pictures,
    objectsOf: (picture) =>
      (byPicture.get(picture.id) ?? []).map(({ category_id, iscrowd, segmentation }) => ({
        category: category_id,
        crowd: iscrowd === 1,
        region: pixelsOf(segmentation, picture, path),
      })),
  };
}

/** @throws UserError no-such-file, unsupported-input (a picture that isn't in `annotations`, too) */
export async function readResults(path: string, { pictures }: Annotations): Promise<Results> {
  const results = await readJson(path, resultsSchema, 'COCO results');
  const byPicture = grouped(results, path, pictures);
  return {
    foundIn: (picture) =>
      (byPicture.get(picture.id) ?? []).map(({ category_id, score, segmentation }) => ({
        category: category_id,
        score,
        region: pixelsOf(segmentation, picture, path),
      })),
  };
}

function pixelsOf(segmentation: Segmentation, { file, width, height }: Picture, path: string): Region {
  if (Array.isArray(segmentation))
    return segmentation.length === 0 ? EMPTY : regionOfPolygons(segmentation, width, height);
  const [rows, columns] = segmentation.size;
  if (rows !== height || columns !== width)
    throw new UserError(
      'unsupported-input',
      `${path} has a mask of ${columns}×${rows} for ${file}, which is ${width}×${height}: make masks at the pictures' own size.`,
    );
  const { counts } = segmentation;
  try {
    return regionOfRuns({ width, height, counts: typeof counts === 'string' ? parseRuns(counts) : counts });
  } catch (cause) {
    throw new UserError('unsupported-input', `${path} has a damaged mask for ${file}: write it again.`, {
      cause,
    });
  }
}

function grouped<T extends { readonly image_id: number }>(
  entries: readonly T[],
  path: string,
  pictures: readonly Picture[],
): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>(pictures.map(({ id }) => [id, []]));
  for (const entry of entries) {
    const group = groups.get(entry.image_id);
    if (!group)
      throw new UserError(
        'unsupported-input',
        `${path} has an entry for picture ${entry.image_id}, which the annotations don't know: take it out.`,
      );
    group.push(entry);
  }
  return groups;
}

async function readJson<T>(path: string, schema: z.ZodType<T>, what: string): Promise<T> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError('no-such-file', `${path} can't be read: name a file with ${what}.`, { cause });
  });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new UserError('unsupported-input', `${path} is no JSON: name a file with ${what}.`, { cause });
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UserError(
    'unsupported-input',
    `${path} has no ${what}: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'not as expected'}.`,
  );
}

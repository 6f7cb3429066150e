import { z } from 'zod';
import { MODEL_SIZES } from './options';

const tensorSchema = z.object({
  name: z.string(),
  type: z.string(),
  shape: z.array(z.union([z.int(), z.string()])),
  layout: z.string(),
  range: z.tuple([z.number(), z.number()]).optional(),
});

/** `resources/models/NAME/manifest.json`. */
export const modelManifestSchema = z
  .object({
    name: z.string().regex(/^[a-z0-9-]+$/),
    title: z.string(),
    version: z.string().regex(/^\d+\.\d+\.\d+$/),
    task: z.enum(['enhance']),
    file: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Output size over input size. */
    scale: z.int().positive(),
    /** How large the network is among those of its task: what it costs and gives. */
    size: z.enum(MODEL_SIZES),
    /** Trained on compressed and slightly blurred pictures, and meant for such. */
    restore: z.boolean(),
    /** Receptive field to each side, in input pixels: what a tile needs around it. */
    halo: z.int().nonnegative(),
    inputs: z.array(tensorSchema).min(1),
    outputs: z.array(tensorSchema).min(1),
    colour: z.object({ plane: z.enum(['luma']), matrix: z.string(), range: z.enum(['limited', 'full']) }),
    /** Per input pixel. */
    operations: z.object({ adder: z.number(), mac: z.number() }),
    parameters: z.number(),
    licence: z.object({
      weights: z.string(),
      data: z.array(z.object({ name: z.string(), licence: z.string(), count: z.number() }).loose()),
    }),
    training: z.record(z.string(), z.unknown()),
    quality: z.array(
      z.object({
        dataset: z.string(),
        scale: z.int(),
        precision: z.enum(['float32', 'uint8']),
        psnrY: z.number(),
        ssimY: z.number(),
      }),
    ),
  })
  .readonly();
export type ModelManifest = z.infer<typeof modelManifestSchema>;

/** What a network costs: operations per pixel of its output, of either kind. */
export function operationsPerPixel({ operations, scale }: ModelManifest): number {
  return (operations.adder + operations.mac) / scale ** 2;
}

/** Mean PSNR in dB of a model as it ships, over the test sets that its manifest tells of; null where it tells of none. */
export function measuredPsnr(manifest: ModelManifest): number | null {
  const scores = manifest.quality.filter(({ precision }) => precision === 'uint8').map(({ psnrY }) => psnrY);
  return scores.length > 0 ? scores.reduce((sum, score) => sum + score, 0) / scores.length : null;
}

import { z } from 'zod';

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
    /** Receptive field to each side, in input pixels: what a tile needs around it. */
    halo: z.int().nonnegative(),
    inputs: z.array(tensorSchema).min(1),
    outputs: z.array(tensorSchema).min(1),
    colour: z.object({ plane: z.enum(['luma']), matrix: z.string(), range: z.enum(['limited', 'full']) }),
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

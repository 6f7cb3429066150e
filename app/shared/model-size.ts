/** Sizes of networks, the quickest first and the best last. */
export const MODEL_SIZES = ['fast', 'light', 'standard'] as const;
export type ModelSize = (typeof MODEL_SIZES)[number];

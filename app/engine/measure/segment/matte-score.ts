import type { MaskScore } from '../../../shared';
import { boundaryBand, bandWidth } from './boundary-band';
import { chooseGreedily } from './choose';
import type { MaskFile } from './mask-file';
import { iou, unionOf, type Region } from './region';

/** How a mask agrees with the true one: IoU of the whole, and of the bands along the edges. */
export function maskScore(found: Region, { width, height, region }: MaskFile): MaskScore {
  const distance = bandWidth(width, height);
  return {
    iou: iou(found, region),
    boundaryIou: iou(boundaryBand(found, distance), boundaryBand(region, distance)),
  };
}

/** The union of those of `found` whose union has the highest IoU with the truth, as far as a greedy choice finds them. */
export function bestMatching(found: readonly Region[], { region }: MaskFile): Region {
  return unionOf(chooseGreedily(found, (set) => iou(unionOf(set), region)).chosen);
}

import { checkInteger, expected } from '../checks';

/** A node's attributes; kernels/README.md says what they mean. */
export interface DynamicFilter2dDescription {
  /** Channels of a group share their filters. */
  readonly groups: number;
  /** Side of the square filters. */
  readonly side: 3 | 5;
  readonly stride: 1 | 2;
}

/** Checks a description. @throws TypeError that names what is wrong */
export function dynamicFilter2dLayer({
  groups,
  side,
  stride,
}: DynamicFilter2dDescription): DynamicFilter2dDescription {
  checkInteger(groups, 'groups', 1, 65_535);
  if (![3, 5].includes(side)) expected('3 or 5', 'side', side);
  checkInteger(stride, 'stride', 1, 2);
  return { groups, side, stride };
}

/**
 * Height and width of what comes out.
 *
 * @throws TypeError for pictures too small to be reflected
 */
export function filteredShape(
  { side, stride }: DynamicFilter2dDescription,
  h: number,
  w: number,
): { readonly height: number; readonly width: number } {
  checkInteger(h, 'h', (side >> 1) + 1, 2 ** 24);
  checkInteger(w, 'w', (side >> 1) + 1, 2 ** 24);
  return { height: Math.ceil(h / stride), width: Math.ceil(w / stride) };
}

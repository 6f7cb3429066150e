import { checkArray, checkCodes, checkFinite, checkInteger, expected, type Codes } from '../checks';
import type {
  BackdropWork,
  BlurFieldWork,
  CoveredRegion,
  FieldView,
  HalveWork,
  KnownFieldWork,
  PaintWork,
  PlaneView,
  Region,
  UncoverWork,
} from './work';

/** @throws TypeError */
export function checkHalve({ source, width, height, target, lines, down, weights, places }: HalveWork): void {
  checkSides({ width, height, lines });
  checkArray(source, Uint8Array, width * height, 'source');
  checkArray(target, Uint8Array, lines * (down ? width : height), 'target');
  checkArray(weights, Uint8Array, 3, 'weights');
  checkArray(places, Int32Array, 3 * lines, 'places');
  const most = (down ? height : width) - 1;
  for (const place of places) checkInteger(place, 'places', -1, most);
  if (weights.reduce((sum, weight) => sum + weight, 0) > 4)
    expected('a sum of at most 4', 'weights', weights);
}

/** @throws TypeError */
export function checkPaint({ plane, matte, code, opacity }: PaintWork): void {
  checkPlane(plane, 'plane');
  checkRegion(matte, plane, 'matte');
  checkFinite(code, 'code');
  checkFinite(opacity, 'opacity');
  const most = 256 ** plane.codes.BYTES_PER_ELEMENT - 1;
  if (code < 0 || code > most || opacity < 0 || opacity > 1)
    expected(`a code of 0 to ${most} and an opacity of 0 to 1`, 'code', [code, opacity]);
}

/** @throws TypeError */
export function checkKnownField({ plane, matte, shows, field }: KnownFieldWork): void {
  checkPlane(plane, 'plane');
  checkRegion(matte, plane, 'matte');
  checkArray(shows, Uint8Array, 256, 'shows');
  checkField(field, matte, 'field');
}

/** @throws TypeError */
export function checkBlurField({ field, across, down }: BlurFieldWork): void {
  checkSides({ width: field.width, height: field.height });
  checkArray(field.values, Float32Array, field.width * field.height, 'field');
  for (const [name, radii] of Object.entries({ across, down })) {
    checkArray(radii, Int32Array, 3, name);
    for (const radius of radii) checkInteger(radius, name, 0, 2 ** 20);
  }
}

/** @throws TypeError */
export function checkUncover({ source, target, matte, objects, behind, most }: UncoverWork): void {
  checkPair(source, target, most);
  checkRegion(matte, source, 'matte');
  checkField(objects, matte, 'objects');
  checkField(behind, matte, 'behind');
}

/** @throws TypeError */
export function checkBackdrop({ source, target, cover, fresh, old, most }: BackdropWork): void {
  checkPair(source, target, most);
  checkArray(cover, Uint8Array, source.width * source.height, 'cover');
  if ('field' in fresh) checkField(fresh.field, source, 'fresh');
  else if ('codes' in fresh) checkCodesLike(fresh.codes, source, 'fresh');
  else checkFinite(fresh.code, 'fresh');
  if ('code' in fresh && (fresh.code < 0 || fresh.code > most))
    expected(`a code of 0 to ${most}`, 'fresh', fresh.code);
  if (!old) return;
  checkInside(old.region, source, 'old');
  checkField(old.field, old.region, 'old');
}

function checkSides(sides: Readonly<Record<string, number>>): void {
  for (const [name, side] of Object.entries(sides)) checkInteger(side, name, 1, 2 ** 20);
}

function checkPlane({ codes, width, height }: PlaneView, name: string): void {
  checkSides({ [`${name} width`]: width, [`${name} height`]: height });
  checkCodes(codes, width * height, name);
}

function checkCodesLike(codes: Codes, { codes: others }: PlaneView, name: string): void {
  checkArray(codes, others instanceof Uint16Array ? Uint16Array : Uint8Array, others.length, name);
}

function checkPair(source: PlaneView, target: PlaneView, most: number): void {
  checkPlane(source, 'source');
  checkPlane(target, 'target');
  checkCodesLike(target.codes, source, 'target');
  if (target.width !== source.width) expected(`${source.width}`, 'target width', target.width);
  checkInteger(most, 'most', 1, 256 ** source.codes.BYTES_PER_ELEMENT - 1);
}

function checkInside(
  { x, y, width, height }: Region,
  plane: Pick<PlaneView, 'width' | 'height'>,
  name: string,
): void {
  checkSides({ [`${name} width`]: width, [`${name} height`]: height });
  checkInteger(x, `${name} x`, 0, plane.width - width);
  checkInteger(y, `${name} y`, 0, plane.height - height);
}

function checkRegion(region: CoveredRegion, plane: PlaneView, name: string): void {
  checkInside(region, plane, name);
  checkArray(region.cover, Uint8Array, region.width * region.height, name);
}

function checkField(
  { values, width, height, step }: FieldView,
  region: { readonly width: number; readonly height: number },
  name: string,
): void {
  checkInteger(step, `${name} step`, 1, 2 ** 20);
  checkInteger(width, `${name} width`, Math.ceil(region.width / step), Math.ceil(region.width / step));
  checkInteger(height, `${name} height`, Math.ceil(region.height / step), Math.ceil(region.height / step));
  checkArray(values, Float32Array, width * height, name);
}

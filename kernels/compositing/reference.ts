import { FieldRows } from './field-reference';
import type { BackdropWork, HalveWork, PaintWork, UncoverWork } from './work';

/** target = (Σ weight · source + 2) >> 2. */
export function referenceHalve({
  source,
  width,
  height,
  target,
  lines,
  down,
  weights,
  places,
}: HalveWork): void {
  const across = down ? width : height;
  for (let line = 0; line < lines; line++)
    for (let i = 0; i < across; i++) {
      let sum = 2;
      for (let tap = 0; tap < 3; tap++) {
        const place = places[3 * line + tap] ?? -1;
        if (place < 0) continue;
        sum += (weights[tap] ?? 0) * (source[down ? place * width + i : i * width + place] ?? 0);
      }
      target[down ? line * width + i : i * lines + line] = sum >> 2;
    }
}

/** code' = ⌊code' + (code − code') · cover · (opacity / 255) + 0.5⌋, in double precision. */
export function referencePaint({ plane, matte, code, opacity }: PaintWork): void {
  const scale = opacity / 255;
  for (let row = 0; row < matte.height; row++) {
    const from = row * matte.width;
    const to = (matte.y + row) * plane.width + matte.x;
    for (let column = 0; column < matte.width; column++) {
      const cover = matte.cover[from + column] ?? 0;
      if (cover === 0) continue;
      const old = plane.codes[to + column] ?? 0;
      plane.codes[to + column] = old + (code - old) * cover * scale + 0.5;
    }
  }
}

/**
 * Where a sample is covered in full, it stays. Elsewhere a is cover / 255, and with the guesses F and B of the fields the colour is
 * F + a · (seen − a · F − (1 − a) · B), clamped (Forte, "Approximate fast foreground colour estimation", ICIP 2021, equation 7).
 */
export function referenceUncover({ source, target, matte, objects, behind, most }: UncoverWork): void {
  const [own, other] = [new Float32Array(matte.width), new Float32Array(matte.width)];
  const [ownRows, otherRows] = [new FieldRows(objects, matte.width), new FieldRows(behind, matte.width)];
  for (let row = 0; row < matte.height; row++) {
    ownRows.row(row, own);
    otherRows.row(row, other);
    const at = (matte.y + row) * source.width + matte.x;
    const from = row * matte.width;
    for (let x = 0; x < matte.width; x++) {
      const cover = matte.cover[from + x] ?? 0;
      const seen = source.codes[at + x] ?? 0;
      if (cover === 255) {
        target.codes[at + x] = seen;
        continue;
      }
      const alpha = cover / 255;
      const guess = own[x] ?? 0;
      const colour = guess + alpha * (seen - alpha * guess - (1 - alpha) * (other[x] ?? 0));
      target.codes[at + x] = Math.max(0, Math.min(most, colour)) + 0.5;
    }
  }
}

/**
 * Samples that are covered in full stay, those that are not at all become the new ones. Between them a is cover / 255, and the
 * object's share of what is seen, seen − (1 − a) · old, clamped to what a share of a can be, 0 … a · most, comes on (1 − a) · new.
 * What is old is known inside its region, where all coverage lies.
 */
export function referenceBackdrop({ source, target, cover, fresh, old, most }: BackdropWork): void {
  const { width, height } = source;
  const [line, behind] = [new Float32Array(width), new Float32Array(width)];
  const freshRows = 'field' in fresh ? new FieldRows(fresh.field, width) : null;
  const oldRows = old && new FieldRows(old.field, old.region.width);
  for (let y = 0; y < height; y++) {
    const from = y * width;
    if (freshRows) freshRows.row(y, line);
    else if ('codes' in fresh) line.set(fresh.codes.subarray(from, from + width));
    else if ('code' in fresh) line.fill(fresh.code);
    if (!old) behind.set(line);
    else if (y >= old.region.y && y < old.region.y + old.region.height)
      oldRows?.row(y - old.region.y, behind.subarray(old.region.x));
    for (let x = 0; x < width; x++) {
      const own = cover[from + x] ?? 0;
      const next = line[x] ?? 0;
      if (own === 0) target.codes[from + x] = next + 0.5;
      else if (own === 255) target.codes[from + x] = source.codes[from + x] ?? 0;
      else {
        const alpha = own / 255;
        const share = (source.codes[from + x] ?? 0) - (1 - alpha) * (behind[x] ?? 0);
        target.codes[from + x] = Math.max(0, Math.min(alpha * most, share)) + (1 - alpha) * next + 0.5;
      }
    }
  }
}

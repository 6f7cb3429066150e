import type { Plane, StreamFormat } from '../../../frames';
import type { Turn } from '../turn';
import { strokeCoverage, type Polyline } from './coverage';
import type { MatteMemory } from './matte-memory';
import { paint } from './paint';
import type { ColourCodes } from './stream-colour';
import { LETTER_HEIGHT, textStrokes } from './stroke-font';

/** Around the letters, and the strokes' thickness, in units of the letters' grid. */
const MARGIN = 2;
const STROKE = 1.1;
const BOARD_OPACITY = 0.85;

export interface LabelStyle {
  /** Pixels of a unit of the letters' grid. */
  readonly unit: number;
  readonly board: ColourCodes;
  readonly letters: ColourCodes;
}

/**
 * Writes `text` on a board of its own whose lower left corner is at (x, y) as shown; moved so that it lies inside the picture.
 */
export async function drawLabel(
  planes: readonly Plane[],
  stream: StreamFormat,
  turn: Turn,
  text: string,
  at: { readonly x: number; readonly y: number },
  { unit, board, letters }: LabelStyle,
  memory: MatteMemory,
): Promise<void> {
  const { lines, width: length } = textStrokes(text);
  const size = {
    width: Math.ceil((length + 2 * MARGIN) * unit),
    height: Math.ceil((LETTER_HEIGHT + 2 * MARGIN) * unit),
  };
  const { shown, back } = turn;
  const left = Math.round(Math.max(0, Math.min(shown.width - size.width, at.x)));
  const top = Math.round(Math.max(0, Math.min(shown.height - size.height, at.y - size.height)));
  const [ax, ay] = back.point(left, top);
  const [bx, by] = back.point(left + size.width, top + size.height);
  const plate = memory.empty(Math.min(ax, bx), Math.min(ay, by), Math.abs(bx - ax), Math.abs(by - ay));
  plate.data.fill(255);
  await paint(planes, stream, plate, board, BOARD_OPACITY, memory);
  const placed = lines.map(({ points, closed }): Polyline => {
    const moved: number[] = [];
    for (let i = 0; i < points.length; i += 2)
      moved.push(
        ...back.point(
          left + ((points[i] ?? 0) + MARGIN) * unit,
          top + ((points[i + 1] ?? 0) + MARGIN) * unit,
        ),
      );
    return { points: moved, closed };
  });
  const written = strokeCoverage(placed, STROKE * unit, stream, memory);
  await paint(planes, stream, written, letters, 1, memory);
}

import { CLASS_NAMES, isBright, trackColour } from '../../../../shared';
import type { FrameInstances, StreamFormat } from '../../../frames';
import type { Instance } from '../instances';
import type { Turn } from '../turn';
import { strokeCoverage } from './coverage';
import { drawLabel } from './label';
import { MatteMemory } from './matte-memory';
import { paint } from './paint';
import type { Picture, Renderer } from './renderer';
import { codesOf } from './stream-colour';

const FILL_OPACITY = 0.3;
const LINE_OPACITY = 0.95;
const BLACK = { red: 0, green: 0, blue: 0 };
const WHITE = { red: 255, green: 255, blue: 255 };

/** The picture with every object tinted, outlined and named in its track's colour. */
export class Overlay implements Renderer {
  readonly identity = 'overlay';
  readonly repaints = false;
  readonly #lineWidth: number;
  readonly #unit: number;
  readonly #memory = new MatteMemory();

  constructor(
    readonly output: StreamFormat,
    private readonly turn: Turn,
  ) {
    const side = Math.min(output.width, output.height);
    this.#lineWidth = Math.max(1.5, side / 300);
    this.#unit = Math.max(1, side / 450);
  }

  async draw(source: Picture, found: FrameInstances, { bytes, planes }: Picture): Promise<void> {
    const memory = this.#memory;
    memory.reuse();
    bytes.set(source.bytes);
    // Small ones last: what stands before another thing is seldom the larger.
    const ordered = found.instances.toSorted((a, b) => areaOf(b) - areaOf(a));
    const { output } = this;
    for (const { track, matte } of ordered)
      await paint(planes, output, matte, codesOf(trackColour(track), output), FILL_OPACITY, memory);
    for (const { track, contours } of ordered) {
      const lines = contours.map((points) => ({ points, closed: true }));
      const outline = strokeCoverage(lines, this.#lineWidth, output, memory);
      await paint(planes, output, outline, codesOf(trackColour(track), output), LINE_OPACITY, memory);
    }
    for (const instance of ordered) await this.#name(instance, planes);
  }

  async #name(instance: Instance, planes: Picture['planes']): Promise<void> {
    const { output, turn } = this;
    const colour = trackColour(instance.track);
    const { x0, y0 } = turn.instance(instance).box;
    await drawLabel(
      planes,
      output,
      turn,
      `${CLASS_NAMES[instance.classIndex] ?? 'object'} ${instance.track}`,
      { x: x0, y: y0 },
      {
        unit: this.#unit,
        board: codesOf(colour, output),
        letters: codesOf(isBright(colour) ? BLACK : WHITE, output),
      },
      this.#memory,
    );
  }
}

function areaOf({ box }: Instance): number {
  return (box.x1 - box.x0) * (box.y1 - box.y0);
}

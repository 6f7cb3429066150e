import type { Rgb } from '../../../../shared';
import type { StreamFormat } from '../../../frames';
import type { Backdrop, BackdropRows } from './backdrop';
import { codesOf, hexOf, type ColourCodes } from './stream-colour';

/** One colour. */
export class FlatBackdrop implements Backdrop {
  readonly identity: string;
  readonly #codes: ColourCodes;

  constructor(colour: Rgb, stream: StreamFormat) {
    this.identity = hexOf(colour);
    this.#codes = codesOf(colour, stream);
  }

  of(_source: unknown, _matte: unknown, index: number): BackdropRows {
    const code = this.#codes[index] ?? 0;
    return (_y, line) => {
      line.fill(code);
    };
  }
}

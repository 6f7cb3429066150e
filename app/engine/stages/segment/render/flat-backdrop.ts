import type { Fresh } from '../../../../../kernels';
import { hexOf, type Rgb } from '../../../../shared';
import type { StreamFormat } from '../../../frames';
import type { Backdrop } from './backdrop';
import { codesOf, type ColourCodes } from './stream-colour';

/** One colour. */
export class FlatBackdrop implements Backdrop {
  readonly identity: string;
  readonly #codes: ColourCodes;

  constructor(colour: Rgb, stream: StreamFormat) {
    this.identity = hexOf(colour);
    this.#codes = codesOf(colour, stream);
  }

  async of(_source: unknown, _matte: unknown, index: number): Promise<Fresh> {
    return { code: this.#codes[index] ?? 0 };
  }
}

import {
  canHold,
  extensionOf,
  isStillFile,
  type ClearcutApi,
  type Codec,
  type StageRequest,
} from '../../app/shared';

/** Where the result goes: a name that is free, or the place that the user chose. */
export class Destination {
  path = $state.raw<string | null>(null);
  /** True where the user chose the place in a dialog that asks before replacing. */
  chosen = $state(false);
  /** The newest suggestion wins: codecs may be changed faster than answers come. */
  #asked = 0;

  constructor(private readonly host: ClearcutApi) {}

  /** Asks for a free name, unless a chosen one still fits. */
  async suggest(input: string, stages: readonly StageRequest[], codec: Codec): Promise<void> {
    const asked = ++this.#asked;
    const path = await this.host.suggestOutput(input, stages, codec);
    if (asked !== this.#asked) return;
    // A place that was chosen stays while the container can.
    if (this.chosen && this.path !== null) {
      const fits = !isStillFile(input) && canHold(this.path, codec, stages);
      if (fits || extensionOf(this.path) === extensionOf(path)) return;
    }
    this.path = path;
    this.chosen = false;
  }

  async choose(): Promise<void> {
    if (this.path === null) return;
    const chosen = await this.host.chooseOutput(this.path);
    if (chosen === null) return;
    this.#asked += 1;
    this.path = chosen;
    this.chosen = true;
  }

  clear(): void {
    this.#asked += 1;
    this.path = null;
    this.chosen = false;
  }
}

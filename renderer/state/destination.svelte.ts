import {
  canHold,
  extensionOf,
  fileNameOf,
  isStillFile,
  type ClearcutApi,
  type Codec,
  type DiskSpace,
  type StageRequest,
} from '../../app/shared';

/** Where the result goes: a name that is free, or the place that the user chose. */
export class Destination {
  path = $state.raw<string | null>(null);
  /** True where the user chose the place in a dialog that asks before replacing. */
  chosen = $state(false);
  /** Room there; null where it isn't known. */
  space = $state.raw<DiskSpace | null>(null);
  /** What the name was made for: for the same it stays. */
  #for: string | null = null;
  /** The newest suggestion wins: codecs may be changed faster than answers come. */
  #asked = 0;

  constructor(private readonly host: ClearcutApi) {}

  get name(): string {
    return this.path === null ? '' : fileNameOf(this.path);
  }

  get folder(): string {
    const { path, name } = this;
    return path === null ? '' : path.slice(0, path.length - name.length - 1);
  }

  /** Asks for a free name, unless the one that is there still fits. */
  async suggest(input: string, stages: readonly StageRequest[], codec: Codec): Promise<void> {
    const key = keyOf(input, stages, codec);
    if (key === this.#for && this.path !== null) return;
    const asked = ++this.#asked;
    const path = await this.host.suggestOutput(input, stages, codec);
    if (asked !== this.#asked) return;
    this.#for = key;
    if (!this.#keeps(input, stages, codec, path)) {
      this.path = path;
      this.chosen = false;
    }
    this.space = await this.host.space(this.path ?? path).catch(() => null);
  }

  async choose(): Promise<void> {
    if (this.path === null) return;
    const chosen = await this.host.chooseOutput(this.path);
    if (chosen === null) return;
    this.#asked += 1;
    this.path = chosen;
    this.chosen = true;
    this.space = await this.host.space(chosen).catch(() => null);
  }

  /** The place of a job that is changed, kept until its settings ask for another name. */
  use(path: string, input: string, stages: readonly StageRequest[], codec: Codec): void {
    this.#asked += 1;
    this.path = path;
    this.chosen = false;
    this.#for = keyOf(input, stages, codec);
  }

  clear(): void {
    this.#asked += 1;
    this.path = null;
    this.chosen = false;
    this.space = null;
    this.#for = null;
  }

  /** A place that was chosen stays while the container can. */
  #keeps(input: string, stages: readonly StageRequest[], codec: Codec, suggested: string): boolean {
    if (!this.chosen || this.path === null) return false;
    const fits = !isStillFile(input) && canHold(this.path, codec, stages);
    return fits || extensionOf(this.path) === extensionOf(suggested);
  }
}

function keyOf(input: string, stages: readonly StageRequest[], codec: Codec): string {
  return JSON.stringify([input, stages, codec]);
}

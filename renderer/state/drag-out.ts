import { fileNameOf, type ClearcutApi } from '../../app/shared';

/** The part of the DOM's `DataTransfer` that is needed. */
export interface DragLoad {
  setData(type: string, data: string): void;
}

/** Results that are dragged out of the window into another program. */
export class DragOut {
  /** Where a browser fetches the result that may be dragged next. */
  #ready: { readonly output: string; readonly address: string } | null = null;
  #dragged: ReadonlySet<string> = new Set();

  constructor(
    private readonly host: Pick<ClearcutApi, 'startDrag' | 'resultAddress'>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The pointer is down on a result: what a drag of it needs is asked for. */
  async prepare(output: string): Promise<void> {
    this.#dragged = new Set();
    const address = await this.host.resultAddress(output).catch(() => null);
    this.#ready = address === null ? null : { output, address };
  }

  /** A drag begins. True where the system's own takes its place; a browser's carries the first result's address. */
  begin(outputs: readonly string[], load: DragLoad | null, system: boolean): boolean {
    const [output] = outputs;
    if (output === undefined) return false;
    this.#dragged = new Set(outputs.map(fileNameOf));
    if (system) {
      void this.host.startDrag(outputs).catch(this.failed);
      return true;
    }
    if (load && this.#ready?.output === output) {
      const { address } = this.#ready;
      // Chromium's way to drag out a file that is still to be fetched.
      load.setData('DownloadURL', `application/octet-stream:${fileNameOf(output)}:${address}`);
      load.setData('text/uri-list', address);
    }
    return false;
  }

  /** True for results that come back to the window that they were dragged from: nobody meant to open them. */
  isOwn(names: readonly string[]): boolean {
    return names.length > 0 && names.every((name) => this.#dragged.has(name));
  }
}

/** What happens to a frame on a GPU, as plain data: it may cross to the process that has the GPU. */

export interface PlaneShape {
  readonly width: number;
  readonly height: number;
}

export interface Area extends PlaneShape {
  readonly x: number;
  readonly y: number;
}

export interface NetworkPart {
  /** Names of the model's input and output, float planes [1, 1, height, width]. */
  readonly input: string;
  readonly output: string;
  readonly scale: number;
  /** value = code · codeScale + codeOffset, and back. */
  readonly codeScale: number;
  readonly codeOffset: number;
  /** Parts that go through one after the other, all of one size. */
  readonly tiles: readonly { readonly read: Area; readonly keep: Area }[];
}

export interface PlaneResize {
  readonly phaseX?: number;
  readonly phaseY?: number;
  readonly stepX?: number;
  readonly stepY?: number;
}

export interface FrameProgram {
  readonly source: readonly PlaneShape[];
  readonly target: readonly PlaneShape[];
  /** 16 bits a code, else 8. */
  readonly wide: boolean;
  readonly maxCode: number;
  /** For the first plane. */
  readonly network: NetworkPart;
  /** One per plane; the first is for what the network gives and null where that is the target's size. */
  readonly resizes: readonly (PlaneResize | null)[];
}

/** Codes of a plane, rows without gaps. */
export type PlaneCodes = Uint8Array | Uint16Array;

/** Takes frames through a program, several at once. */
export interface FrameRunner {
  /**
   * Fills `target` with what becomes of `source`; both are the caller's again once it settles. Gives how many of the
   * network's values are not finite.
   *
   * @throws DeviceError; then all frames under way fail
   */
  run(source: readonly PlaneCodes[], target: readonly PlaneCodes[]): Promise<number>;
  close(): Promise<void>;
}

import type { ElementType, HostTensor, ValueType } from '../tensor';

/** Attributes of a custom node, by name. */
export type Attributes = ReadonlyMap<string, number | string | readonly number[]>;

/** A node of our domain as an operator sees it. */
export interface CustomNode {
  /** For messages. */
  readonly name: string;
  readonly opType: string;
  /** One per input of the node, null where it is left out. */
  readonly inputs: readonly (string | null)[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /**
   * The constant at an input.
   *
   * @throws Error where it is computed while the model runs
   */
  constant(index: number): HostTensor;
}

/** A tensor wherever it lies. */
export interface AnyTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
}

/** A custom node made ready: weights packed, attributes checked. `S` is what the kernels run, on tensors `T`. */
export interface PreparedOperator<S, T extends AnyTensor = HostTensor> {
  /** Values that it reads while the model runs, in the order of `infer` and `bind`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly type: ValueType }[];
  /** Position in `inputs` of one that the first output may overwrite. */
  readonly inPlace?: number;
  /** Sizes of the outputs for sizes of the inputs. */
  infer(inputs: readonly (readonly number[])[]): readonly (readonly number[])[];
  /** The work on these buffers, to be run any number of times. */
  bind(inputs: readonly T[], outputs: readonly T[]): S;
  dispose(): void;
}

/** What computes the layer of a node: `B` are its tensors by name. */
export interface PreparedLayer<S, B> {
  bind(tensors: B): S;
  dispose(): void;
}

/** Custom operators by their `op_type`, and what runs their steps: in order, in one call. */
export interface OperatorSet<S, T extends AnyTensor = HostTensor> {
  readonly operators: ReadonlyMap<string, (node: CustomNode) => PreparedOperator<S, T>>;
  run(steps: readonly S[]): Promise<void>;
}

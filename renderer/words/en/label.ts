/** The name of something to choose, and a sentence about it. */
export interface Label {
  readonly label: string;
  readonly help: string;
}

let write: (line: string) => void = () => undefined;

/** Where log lines go: set once by the engine's process. */
export function setTextChannel(channel: (line: string) => void): void {
  write = channel;
}

/** A line for the log; nobody needs it while all is well. */
export function log(line: string): void {
  write(line);
}

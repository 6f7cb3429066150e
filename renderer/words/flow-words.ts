import { formatDuration } from '../../app/shared';
import type { Flow, Shown } from '../state/flow';
import { frameRate } from './media-words';

/** One thing that a chain changes or leaves; `after` is null where it stays. */
export interface FlowLine {
  readonly name: string;
  readonly before: string;
  readonly after: string | null;
}

/** What a chain does to size, rate and length, those left out that nobody knows. */
export function flowWords({ before, after }: Flow): FlowLine[] {
  const line = (name: string, words: (shown: Shown) => string | null): FlowLine[] => {
    const [from, to] = [words(before), words(after)];
    return from === null ? [] : [{ name, before: from, after: to === from ? null : to }];
  };
  return [
    ...line('Picture', ({ width, height }) => `${width} × ${height}`),
    ...line('Frame rate', ({ rate }) => rate && `${frameRate(rate)} fps`),
    ...line('Length', ({ seconds }) => (seconds === null ? null : formatDuration(seconds))),
  ];
}

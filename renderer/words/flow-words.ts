import type { Flow, Shown } from '../state/flow';
import { t } from '.';
import { frameRate } from './media-words';
import { durationWords } from './time-words';

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
    ...line(t().flow.picture, ({ width, height }) => `${width} × ${height}`),
    ...line(t().flow.rate, ({ rate }) => rate && t().facts.fps(frameRate(rate))),
    ...line(t().flow.length, ({ seconds }) => (seconds === null ? null : durationWords(seconds))),
  ];
}

import { UserError } from '../../../shared';

/** @throws UserError bad-result where a network gave what is no number */
export function checkNumbers(values: Float32Array): void {
  let sum = 0;
  // Infinity less itself is no number either.
  for (let at = 0; at < values.length; at++) sum += (values[at] ?? 0) * 0;
  if (sum === 0) return;
  throw new UserError(
    'bad-result',
    'The network that finds objects gave values that are no numbers; nothing wrong was written. Please report this.',
  );
}

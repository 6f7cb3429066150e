import { UserError, type UpdateNews } from '../shared';

const TIMEOUT_MS = 10_000;

export type Fetch = (address: string, options: { readonly signal: AbortSignal }) => Promise<Response>;

/**
 * Asks `address` for JSON with the `version` that is newest: when the user presses the button, and never else.
 * @throws UserError tool-failed where the network or the answer is none
 */
export async function findUpdate(address: string, current: string, ask: Fetch = fetch): Promise<UpdateNews> {
  try {
    const answer = await ask(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}.`);
    const { version } = (await answer.json()) as { version?: unknown };
    if (typeof version !== 'string') throw new Error(`${address} named no version.`);
    return { current, newer: isNewer(version, current) ? version : null };
  } catch (cause) {
    throw new UserError('tool-failed', 'The newest version could not be asked for: try again later.', {
      cause,
    });
  }
}

/** Numbers between dots, the first that differs decides. */
function isNewer(version: string, current: string): boolean {
  const [ours, theirs] = [current, version].map((text) => text.split('.').map((part) => parseInt(part, 10)));
  for (const [index, part] of (theirs ?? []).entries()) {
    const own = ours?.[index] ?? 0;
    if (part !== own) return part > own;
  }
  return false;
}

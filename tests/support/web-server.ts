import { once } from 'node:events';
import { join } from 'node:path';
import { startCli, type RunningCli } from './cli';

export interface WebServer {
  readonly url: string;
  readonly origin: string;
  readonly token: string;
  readonly results: string;
  readonly cli: RunningCli;
}

/** `clearcut serve` in a process of its own. End it with a SIGINT, as a person would. */
export async function startServer(
  results: string,
  env: Readonly<Record<string, string>> = {},
): Promise<WebServer> {
  // What a person set must change no test, and a test nothing that a person set.
  const cli = startCli(['serve', '--json', '--results', results], {
    CLEARCUT_STATE: join(results, '..', 'state'),
    ...env,
  });
  const { stdout } = cli.child;
  if (!stdout) throw new Error('no stdout');
  let text = '';
  while (!text.trimEnd().endsWith('}')) {
    const [chunk] = (await Promise.race([once(stdout, 'data'), cli.ended.then(() => [null])])) as [
      string | null,
    ];
    if (chunk === null) throw new Error(`serve ended: ${JSON.stringify(await cli.ended)}`);
    text += chunk;
  }
  const { url } = JSON.parse(text) as { url: string };
  const { origin, searchParams } = new URL(url);
  return { url, origin, token: searchParams.get('token') ?? '', results, cli };
}

import { InvalidArgumentError, Option, type Command } from 'commander';
import { serve } from '../serve';
import { print, printJson } from './output';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description("Open Clearcut's window in a browser on this computer")
    .addOption(
      new Option('--port <n>', 'port on 127.0.0.1 (default: a free one)').argParser((text: string) => {
        const port = Number(text);
        if (!Number.isInteger(port) || port < 0 || port > 65_535)
          throw new InvalidArgumentError('Expected a port from 0 to 65535.');
        return port;
      }),
    )
    .option('--results <folder>', 'where finished videos go (default: a Clearcut folder among your videos)')
    .option('--open', 'open the browser too')
    .option('--json', 'print the address as JSON')
    .action(async (flags: { port?: number; results?: string; open?: boolean; json?: boolean }) => {
      const server = await serve({
        port: flags.port ?? 0,
        open: flags.open ?? false,
        ...(flags.results === undefined ? {} : { resultsFolder: flags.results }),
      });
      if (flags.json) printJson({ url: server.url, results: server.resultsFolder });
      else print(`Clearcut is at ${server.url}`, `Results go to ${server.resultsFolder}. Ctrl+C ends it.`);
      await new Promise<void>((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      });
      await server.close();
    });
}

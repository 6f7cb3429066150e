import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { CancelledError, isRequestError, toErrorData } from '../shared';
import { addBench } from './bench';
import { addEval } from './eval';
import { addGpus } from './gpus';
import { addModels } from './models';
import { EXIT } from './output';
import { addProbe } from './probe';
import { addRun } from './run';
import { addServe } from './serve';

const program = new Command('clearcut')
  .description('Makes video and stills clearer, on your own computer.')
  .version(version)
  // One line, like all that goes wrong.
  .configureOutput({
    outputError: (text, write) => {
      write(`clearcut: ${oneLine(text).replace(/^error: /, '')} (Add --help for what is allowed.)\n`);
    },
  })
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

for (const add of [addRun, addProbe, addModels, addGpus, addServe, addEval, addBench]) add(program);
for (const command of allCommands(program)) command.exitOverride();

program.addHelpText(
  'after',
  `
Examples:
  clearcut run holiday.mp4 -o holiday-2x.mp4 --enhance 2
  clearcut run clips/ -o sharper/ --preset enhance-2x
  clearcut probe holiday.mp4 --json
  clearcut serve

Exit codes: ${EXIT.done} done, ${EXIT.failed} the job failed, ${EXIT.usage} bad usage or bad input, ${EXIT.cancelled} cancelled.`,
);

// Who reads on (`| head`) may stop: work goes on, unheard.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = answer(error);
}

/** Says what went wrong in one line on stderr, and gives the exit code for it. */
function answer(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version end here too; commander has written its line already.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (error instanceof CancelledError) {
    process.stderr.write(
      'clearcut: cancelled. Finished segments are kept: the same command goes on from them.\n',
    );
    return EXIT.cancelled;
  }
  const data = toErrorData(error);
  process.stderr.write(`clearcut: ${oneLine(data.message)}\n`);
  if (process.env['CLEARCUT_DEBUG'] && data.detail !== undefined) process.stderr.write(`${data.detail}\n`);
  return isRequestError(data) ? EXIT.usage : EXIT.failed;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

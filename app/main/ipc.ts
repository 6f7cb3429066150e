import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { z } from 'zod';
import { answerCall, type HostCalls } from '../host';
import { hostArguments, outcomeOf, UserError, type HostCall } from '../shared';

const droppedSchema = z.array(z.string().max(32_768)).max(100_000);

/** True where the call comes from the main frame of a page of ours. */
function fromOwnPage(event: IpcMainInvokeEvent, isOwnPage: (address: string) => boolean): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && isOwnPage(frame.url);
}

/**
 * The only place where pages reach the main process: every call is one of the table, from a page of
 * ours, with arguments that its schema lets through.
 */
export function answerPages(
  calls: HostCalls,
  admitDrop: (paths: readonly string[]) => Promise<readonly string[]>,
  isOwnPage: (address: string) => boolean,
): void {
  const handle = (name: string, run: (args: unknown[]) => Promise<unknown>): void => {
    ipcMain.handle(`clearcut:${name}`, (event, ...args: unknown[]) => {
      if (!fromOwnPage(event, isOwnPage)) throw new Error('Calls are answered to the window alone.');
      return run(args);
    });
  };
  for (const name of Object.keys(hostArguments) as HostCall[]) {
    handle(name, (args) => answerCall(calls, name, args));
  }
  handle('admitDrop', ([dropped]) =>
    outcomeOf(async () => {
      const paths = droppedSchema.safeParse(dropped);
      const files = paths.success ? await admitDrop(paths.data.filter((path) => path !== '')) : [];
      if (files.length === 0) {
        throw new UserError('not-media', 'What was dropped is no file: drop a video or an image.');
      }
      return files;
    }),
  );
}

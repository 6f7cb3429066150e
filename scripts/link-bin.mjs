// npm links the commands of dependencies, not the project's own: this makes `npx clearcut` work in the checkout.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));
mkdirSync(folder, { recursive: true });
if (process.platform === 'win32') {
  writeFileSync(join(folder, 'clearcut.cmd'), '@node "%~dp0\\..\\..\\app\\cli\\bin.mjs" %*\r\n');
} else {
  const link = join(folder, 'clearcut');
  rmSync(link, { force: true });
  symlinkSync('../../app/cli/bin.mjs', link);
}

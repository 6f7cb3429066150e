// Fails where a package is larger than people should have to download: `node scripts/check-packages.mjs dist`.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const MOST_MEGABYTES = 200;
const PACKAGE = /\.(?:exe|dmg|zip|AppImage|deb)$/;

const folder = process.argv[2] ?? 'dist';
const packages = readdirSync(folder).filter((name) => PACKAGE.test(name));
if (packages.length === 0) throw new Error(`There are no packages in ${folder}.`);
for (const name of packages) {
  const megabytes = statSync(join(folder, name)).size / 1e6;
  console.log(`${name}: ${megabytes.toFixed(1)} MB`);
  if (megabytes > MOST_MEGABYTES) {
    console.error(`${name} is larger than ${MOST_MEGABYTES} MB.`);
    process.exitCode = 1;
  }
}
